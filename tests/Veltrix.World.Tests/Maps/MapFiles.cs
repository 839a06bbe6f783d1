using System.Globalization;
using System.IO.Compression;
using System.Text;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

/// <summary>Small map files, made in code.</summary>
internal static class MapFiles
{
    public static MapReading Read(string name, string text, params (string Name, string Text)[] beside) =>
        MapReader.ReadWithReport(name, new UploadedMapFiles([KeyValuePair.Create(name, Encoding.UTF8.GetBytes(text)), .. beside.Select(file => KeyValuePair.Create(file.Name, Encoding.UTF8.GetBytes(file.Text)))]));

    public static TileMap Map(string text, MapReadOptions? options = null) =>
        MapReader.Read("test.tmx", new UploadedMapFiles([KeyValuePair.Create("test.tmx", Encoding.UTF8.GetBytes(text))]), options);

    public static string Error(string text, string name = "test.tmx", params (string Name, string Text)[] beside) =>
        Assert.Throws<MapException>(() => Read(name, text, beside)).Message;

    /// <summary>A TMX of one tileset, with what is inside of it, and of layers.</summary>
    public static string Tmx(int width, int height, string tiles, string layers, string head = "") =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <map version="1.10" orientation="orthogonal" width="{width}" height="{height}" tilewidth="16" tileheight="16" {head}>
         <tileset firstgid="1" name="set" tilewidth="16" tileheight="16" tilecount="64" columns="8"><image source="set.png" width="128" height="128"/>{tiles}</tileset>
         {layers}
        </map>
        """;

    public static string Layer(string name, int width, int height, string csv, string inside = "", string attributes = "") =>
        $"""<layer name="{name}" width="{width}" height="{height}" {attributes}>{inside}<data encoding="csv">{csv}</data></layer>""";

    public static string Tile(int id, string name, string value) =>
        $"""<tile id="{id}"><properties><property name="{name}" value="{value}"/></properties></tile>""";

    public static string Property(string name, string value) => $"""<properties><property name="{name}" value="{value}"/></properties>""";

    /// <summary>Tile numbers as the text of a data element, in one of Tiled's encodings.</summary>
    public static string Data(string encoding, string compression, params uint[] gids)
    {
        if (encoding == "csv")
        {
            return $"""<data encoding="csv">{string.Join(',', gids)}</data>""";
        }

        return encoding == "xml"
            ? $"<data>{string.Concat(gids.Select(gid => string.Create(CultureInfo.InvariantCulture, $"<tile gid=\"{gid}\"/>")))}</data>"
            : $"""<data encoding="base64" compression="{compression}">{Base64(compression, gids)}</data>""";
    }

    public static string Base64(string compression, params uint[] gids)
    {
        var bytes = gids.SelectMany(BitConverter.GetBytes).ToArray();
        if (compression.Length == 0)
        {
            return Convert.ToBase64String(bytes);
        }

        using var packed = new MemoryStream();
        using (Stream stream = compression switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "zlib" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
        })
        {
            stream.Write(bytes);
        }

        return Convert.ToBase64String(packed.ToArray());
    }
}
