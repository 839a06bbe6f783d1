using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;

namespace Veltrix.World.Maps;

/// <summary>
/// Writes a map in formats of others. A TMX or TMJ file that is read again gives the same ground and objects: each kind of tile that the map
/// has becomes one tile of an embedded tileset, with its rules as custom properties.
/// </summary>
public static class MapExport
{
    private const int TileSize = 16;
    private const int Columns = 16;

    /// <summary>The map as TMX; its tileset shows the picture that <see cref="Tileset"/> draws.</summary>
    /// <param name="map">what to write</param>
    /// <param name="image">the picture's file name, beside the map</param>
    public static byte[] Tmx(TileMap map, string image)
    {
        var kinds = Kinds(map);
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, IndentChars = " ", Encoding = new UTF8Encoding(false) }))
        {
            Start(xml, "map", ("version", "1.10"), ("orientation", "orthogonal"), ("renderorder", "right-down"), ("width", map.Width), ("height", map.Height),
                ("tilewidth", TileSize), ("tileheight", TileSize), ("infinite", 0), ("nextlayerid", 3), ("nextobjectid", map.Objects.Length + 1));
            Start(xml, "tileset", ("firstgid", 1), ("name", "ground"), ("tilewidth", TileSize), ("tileheight", TileSize), ("tilecount", Slots(kinds.Count)), ("columns", Columns));
            Start(xml, "image", ("source", image), ("width", Columns * TileSize), ("height", Slots(kinds.Count) / Columns * TileSize));
            xml.WriteEndElement();
            foreach (var (kind, id) in kinds)
            {
                Start(xml, "tile", ("id", id));
                xml.WriteStartElement("properties");
                foreach (var (name, type, value) in Properties(map, kind))
                {
                    Start(xml, "property", ("name", name), ("type", type), ("value", value));
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            Start(xml, "layer", ("id", 1), ("name", "Ground"), ("width", map.Width), ("height", map.Height));
            Start(xml, "data", ("encoding", "csv"));
            xml.WriteString(Csv(map, kinds));
            xml.WriteEndElement();
            xml.WriteEndElement();
            Start(xml, "objectgroup", ("id", 2), ("name", "Objects"));
            for (var i = 0; i < map.Objects.Length; i++)
            {
                var item = map.Objects[i];
                Start(xml, "object", ("id", i + 1), ("name", item.Name), ("type", Class(item.Kind)), ("x", item.Tile.X * TileSize), ("y", item.Tile.Y * TileSize), ("width", TileSize), ("height", TileSize));
                if (item.Points > 0)
                {
                    xml.WriteStartElement("properties");
                    Start(xml, "property", ("name", "points"), ("type", "int"), ("value", item.Points));
                    xml.WriteEndElement();
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    /// <summary>The map as TMJ, otherwise as <see cref="Tmx"/>.</summary>
    public static byte[] Tmj(TileMap map, string image)
    {
        var kinds = Kinds(map);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            Members(json, ("type", "map"), ("version", "1.10"), ("orientation", "orthogonal"), ("renderorder", "right-down"), ("width", map.Width), ("height", map.Height),
                ("tilewidth", TileSize), ("tileheight", TileSize), ("infinite", false), ("nextlayerid", 3), ("nextobjectid", map.Objects.Length + 1));
            json.WriteStartArray("layers");
            json.WriteStartObject();
            Members(json, ("id", 1), ("name", "Ground"), ("type", "tilelayer"), ("visible", true), ("opacity", 1), ("x", 0), ("y", 0), ("width", map.Width), ("height", map.Height));
            json.WriteStartArray("data");
            for (var i = 0; i < map.Paint.Length; i++)
            {
                json.WriteNumberValue(kinds[Kind(map, i)] + 1);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject();
            Members(json, ("id", 2), ("name", "Objects"), ("type", "objectgroup"), ("visible", true), ("opacity", 1), ("x", 0), ("y", 0), ("draworder", "topdown"));
            json.WriteStartArray("objects");
            for (var i = 0; i < map.Objects.Length; i++)
            {
                var item = map.Objects[i];
                json.WriteStartObject();
                Members(json, ("id", i + 1), ("name", item.Name), ("type", Class(item.Kind)), ("x", item.Tile.X * TileSize), ("y", item.Tile.Y * TileSize), ("width", TileSize), ("height", TileSize), ("rotation", 0), ("visible", true));
                if (item.Points > 0)
                {
                    json.WriteStartArray("properties");
                    json.WriteStartObject();
                    Members(json, ("name", "points"), ("type", "int"), ("value", item.Points));
                    json.WriteEndObject();
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("tilesets");
            json.WriteStartObject();
            Members(json, ("firstgid", 1), ("name", "ground"), ("tilewidth", TileSize), ("tileheight", TileSize), ("tilecount", Slots(kinds.Count)), ("columns", Columns), ("margin", 0), ("spacing", 0),
                ("image", image), ("imagewidth", Columns * TileSize), ("imageheight", Slots(kinds.Count) / Columns * TileSize));
            json.WriteStartArray("tiles");
            foreach (var (kind, id) in kinds)
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteStartArray("properties");
                foreach (var (name, type, value) in Properties(map, kind))
                {
                    json.WriteStartObject();
                    Members(json, ("name", name), ("type", type), ("value", value));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>The picture of the tileset that <see cref="Tmx"/> and <see cref="Tmj"/> name, as PNG.</summary>
    public static byte[] Tileset(TileMap map)
    {
        var kinds = Kinds(map);
        var rows = Slots(kinds.Count) / Columns;
        var colours = new uint[rows * Columns];
        foreach (var (kind, id) in kinds)
        {
            colours[id] = map.Palette[kind.Paint];
        }

        using var png = new PngWriter(Columns * TileSize, rows * TileSize);
        var row = new byte[Columns * TileSize * 3];
        for (var y = 0; y < rows * TileSize; y++)
        {
            for (var x = 0; x < Columns * TileSize; x++)
            {
                var colour = colours[(y / TileSize * Columns) + (x / TileSize)];
                (row[x * 3], row[(x * 3) + 1], row[(x * 3) + 2]) = ((byte)(colour >> 16), (byte)(colour >> 8), (byte)colour);
            }

            png.Row(row);
        }

        return png.Finish();
    }

    /// <summary>The map as an octile grid, which knows no costs, colours and objects.</summary>
    public static byte[] Octile(TileMap map)
    {
        var text = new StringBuilder($"type octile\nheight {map.Height}\nwidth {map.Width}\nmap\n");
        for (var i = 0; i < map.GroundBits.Length; i++)
        {
            var ground = Ground.FromBits(map.GroundBits[i]);
            text.Append((ground.Blocks, ground.Terrain) switch
            {
                (true, Terrain.DeepWater or Terrain.ShallowWater) => 'W',
                (true, Terrain.Wood) => 'T',
                (true, Terrain.Void) => 'O',
                (true, _) => '@',
                (false, Terrain.Grass) => 'G',
                (false, Terrain.Marsh or Terrain.ShallowWater) => 'S',
                _ => '.',
            });
            if ((i + 1) % map.Width == 0)
            {
                text.Append('\n');
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static (ushort Bits, byte Paint) Kind(TileMap map, int index) => (map.GroundBits[index], map.Paint[index]);

    /// <summary>The kinds of tiles that the map has, each with its number in the tileset, in the order of their first tiles.</summary>
    private static Dictionary<(ushort Bits, byte Paint), int> Kinds(TileMap map)
    {
        var kinds = new Dictionary<(ushort Bits, byte Paint), int>();
        for (var i = 0; i < map.Paint.Length; i++)
        {
            kinds.TryAdd(Kind(map, i), kinds.Count);
        }

        return kinds;
    }

    private static int Slots(int kinds) => (kinds + Columns - 1) / Columns * Columns;

    private static IEnumerable<(string Name, string Type, object Value)> Properties(TileMap map, (ushort Bits, byte Paint) kind)
    {
        var ground = Ground.FromBits(kind.Bits);
        yield return ("terrain", "string", TerrainName(ground.Terrain));
        yield return (ground.Blocks ? "collides" : "walkable", "bool", true);
        yield return ("cost", "float", ground.Cost / (double)Ground.PlainCost);
        yield return ("hides", "bool", ground.Hides);
        yield return ("colour", "color", $"#ff{map.Palette[kind.Paint]:x6}");
    }

    private static string TerrainName(Terrain terrain) => terrain switch
    {
        Terrain.DeepWater => "deep water",
        Terrain.ShallowWater => "shallow water",
        _ => terrain.ToString().ToLowerInvariant(),
    };

    private static string Class(MapObjectKind kind) => kind == MapObjectKind.Other ? "" : kind.ToString();

    private static string Csv(TileMap map, Dictionary<(ushort Bits, byte Paint), int> kinds)
    {
        var text = new StringBuilder("\n");
        for (var i = 0; i < map.Paint.Length; i++)
        {
            text.Append(kinds[Kind(map, i)] + 1).Append(i + 1 < map.Paint.Length ? "," : "").Append((i + 1) % map.Width == 0 ? "\n" : "");
        }

        return text.ToString();
    }

    private static void Start(XmlWriter xml, string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        xml.WriteStartElement(name);
        foreach (var (key, value) in attributes)
        {
            xml.WriteAttributeString(key, value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }

    private static void Members(Utf8JsonWriter json, params ReadOnlySpan<(string Name, object Value)> members)
    {
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }
    }
}
