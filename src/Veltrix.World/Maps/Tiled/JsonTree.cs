using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// Reads TMJ, TSJ and TJ bytes as a tree of TMX's shape: scalars become attributes, lists become elements named in the singular,
/// properties become property elements, points become "x,y x,y", and layers are named after their type.
/// </summary>
internal static class JsonTree
{
    public static TiledNode Read(byte[] bytes, TiledBudget budget)
    {
        var text = bytes.AsSpan();
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[3..] : text;
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = TiledBudget.MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new MapException($"{budget.File}: its JSON is no object; export the map from Tiled again.");
            }

            var root = Object(ref reader, "map", budget);
            while (reader.Read())
            {
                // Reads on so that trailing rubbish is found.
            }

            root.Name = root["type"] is "tileset" or "template" ? root["type"]! : root["tilewidth"] is not null && root["layers"] is null && root["firstgid"] is null && root["tilecount"] is not null ? "tileset" : root.Child("object") is not null && root["width"] is null ? "template" : "map";
            return root;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            var line = broken is JsonException json ? (json.LineNumber ?? 0) + 1 : 0;
            throw new MapException($"{budget.File}, line {line}: this is no complete JSON; export the map from Tiled again.", broken);
        }
    }

    private static TiledNode Object(ref Utf8JsonReader reader, string name, TiledBudget budget)
    {
        budget.Part();
        var node = new TiledNode(name, 0);
        TiledNode? data = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            budget.Part();
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Member(ref reader, node, key, budget);
                    break;
                case JsonTokenType.StartArray when key == "data":
                    data = new TiledNode("data", 0) { Gids = Gids(ref reader, budget) };
                    node.Add(data);
                    break;
                case JsonTokenType.StartArray:
                    List(ref reader, node, key, budget);
                    break;
                case JsonTokenType.String when key == "data":
                    data = new TiledNode("data", 0) { Text = reader.GetString() };
                    node.Add(data);
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    var value = Scalar(ref reader);
                    node.Set(key, value);
                    if (key is "ellipse" or "point" && value == "true")
                    {
                        node.Add(new TiledNode(key, 0));
                    }

                    break;
            }
        }

        data?.Set("encoding", node["encoding"] ?? (data.Gids is null ? "base64" : ""));
        data?.Set("compression", node["compression"] ?? "");
        return node;
    }

    private static void Member(ref Utf8JsonReader reader, TiledNode node, string key, TiledBudget budget)
    {
        switch (key)
        {
            case "properties" or "value":
                node.Add(Dictionary(ref reader, budget));
                break;
            case "tiles" or "tileproperties":
                // Tiled before 1.2 keeps its tiles, and their properties, by number.
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var id = reader.GetString()!;
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.StartObject)
                    {
                        reader.Skip();
                        continue;
                    }

                    var tile = key == "tiles" ? Object(ref reader, "tile", budget) : new TiledNode("tile", 0);
                    if (key == "tileproperties")
                    {
                        tile.Add(Dictionary(ref reader, budget));
                    }

                    tile.Set("id", id);
                    node.Add(tile);
                }

                break;
            default:
                node.Add(Object(ref reader, key, budget));
                break;
        }
    }

    private static TiledNode Dictionary(ref Utf8JsonReader reader, TiledBudget budget)
    {
        var properties = new TiledNode("properties", 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            budget.Part();
            var property = new TiledNode("property", 0);
            property.Set("name", reader.GetString()!);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                property.Add(Dictionary(ref reader, budget));
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Skip();
            }
            else
            {
                property.Set("value", Scalar(ref reader));
            }

            properties.Add(property);
        }

        return properties;
    }

    private static void List(ref Utf8JsonReader reader, TiledNode node, string key, TiledBudget budget)
    {
        var numbers = new StringBuilder();
        var holder = key == "properties" ? new TiledNode("properties", 0) : key == "chunks" ? new TiledNode("data", 0) : node;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                var item = Object(ref reader, Singular(key), budget);
                if (key is "polygon" or "polyline")
                {
                    numbers.Append(numbers.Length > 0 ? " " : "").Append(item["x"]).Append(',').Append(item["y"]);
                    continue;
                }

                item.Name = key == "layers" ? LayerName(item["type"]) : item.Name;
                if (key == "chunks")
                {
                    // Its encoding stands beside the list, on the layer; whichever comes first.
                    var inner = item.Child("data");
                    item.Text = inner?.Text;
                    item.Gids = inner?.Gids;
                }

                holder.Add(item);
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                budget.Part();
                numbers.Append(numbers.Length > 0 ? "," : "").Append(Scalar(ref reader));
            }
        }

        if (holder != node)
        {
            node.Add(holder);
        }

        if (key is "polygon" or "polyline")
        {
            var shape = new TiledNode(key, 0);
            shape.Set("points", numbers.ToString());
            node.Add(shape);
        }
        else if (numbers.Length > 0)
        {
            node.Set(key, numbers.ToString());
        }
    }

    private static List<uint> Gids(ref Utf8JsonReader reader, TiledBudget budget)
    {
        var gids = new List<uint>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt32(out var gid))
            {
                throw new MapException($"{budget.File}: entry {gids.Count} of a layer's data is no tile number; export the map from Tiled again.");
            }

            budget.Cells(1);
            gids.Add(gid);
        }

        return gids;
    }

    private static string Scalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number when reader.TryGetInt64(out var whole) => whole.ToString(CultureInfo.InvariantCulture),
        JsonTokenType.Number => reader.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string LayerName(string? type) => type == "tilelayer" ? "layer" : type ?? "layer";

    private static string Singular(string key) => key switch
    {
        "properties" => "property",
        "colors" => "wangcolor",
        "polygon" or "polyline" => "corner",
        _ => key.EndsWith('s') ? key[..^1] : key,
    };
}
