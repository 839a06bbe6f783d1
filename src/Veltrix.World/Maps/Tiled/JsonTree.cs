using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// Reads TMJ, TSJ and TJ bytes as a tree of TMX's shape: scalars become attributes, lists become elements named in the singular,
/// properties become property elements, points become "x,y x,y", and layers are named after their type.
/// </summary>
internal sealed class JsonTree
{
    /// <summary>What of JSON's loose forms is let pass.</summary>
    public static readonly JsonReaderOptions Dialect = new() { MaxDepth = TiledBudget.MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly ReadOnlyMemory<byte> _text;
    private readonly TiledBudget _budget;

    private JsonTree(ReadOnlyMemory<byte> text, TiledBudget budget) => (_text, _budget) = (text, budget);

    public static TiledNode Read(byte[] bytes, TiledBudget budget) =>
        new JsonTree(bytes.AsMemory(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0), budget).Root();

    private TiledNode Root()
    {
        try
        {
            var reader = new Utf8JsonReader(_text.Span, Dialect);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new MapException($"{_budget.File}: its JSON is no object; export the map from Tiled again.");
            }

            var root = Object(ref reader, "map");
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
            throw new MapException($"{_budget.File}, line {line}: this is no complete JSON; export the map from Tiled again.", broken);
        }
    }

    private TiledNode Object(ref Utf8JsonReader reader, string name)
    {
        _budget.Part();
        var node = new TiledNode(name, 0);
        TiledNode? data = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            _budget.Part();
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Member(ref reader, node, key);
                    break;
                case JsonTokenType.StartArray when key == "data":
                    data = Numbers(ref reader);
                    node.Add(data);
                    break;
                case JsonTokenType.StartArray:
                    List(ref reader, node, key);
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

        data?.Set("encoding", node["encoding"] ?? (data.Text is null ? "" : "base64"));
        data?.Set("compression", node["compression"] ?? "");
        return node;
    }

    private void Member(ref Utf8JsonReader reader, TiledNode node, string key)
    {
        switch (key)
        {
            case "properties" or "value":
                node.Add(Dictionary(ref reader));
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

                    var tile = key == "tiles" ? Object(ref reader, "tile") : new TiledNode("tile", 0);
                    if (key == "tileproperties")
                    {
                        tile.Add(Dictionary(ref reader));
                    }

                    tile.Set("id", id);
                    node.Add(tile);
                }

                break;
            default:
                node.Add(Object(ref reader, key));
                break;
        }
    }

    private TiledNode Dictionary(ref Utf8JsonReader reader)
    {
        var properties = new TiledNode("properties", 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _budget.Part();
            var property = new TiledNode("property", 0);
            property.Set("name", reader.GetString()!);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                property.Add(Dictionary(ref reader));
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

    private void List(ref Utf8JsonReader reader, TiledNode node, string key)
    {
        var numbers = new StringBuilder();
        var holder = key == "properties" ? new TiledNode("properties", 0) : key == "chunks" ? new TiledNode("data", 0) : node;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                var item = Object(ref reader, Singular(key));
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
                    item.Numbers = inner?.Numbers;
                }

                holder.Add(item);
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                _budget.Part();
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

    /// <summary>The numbers are read when their layer is: here they are only passed over.</summary>
    private TiledNode Numbers(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var numbers = _text[start..(int)reader.BytesConsumed];
        return numbers.Span[1..^1].Trim(" \t\r\n"u8).IsEmpty ? new TiledNode("data", 0) { Gids = [] } : new TiledNode("data", 0) { Numbers = numbers };
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
