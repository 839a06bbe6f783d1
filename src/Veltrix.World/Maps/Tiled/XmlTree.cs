using System.Globalization;
using System.Text;
using System.Xml;

namespace Veltrix.World.Maps.Tiled;

/// <summary>Reads TMX, TSX and TX bytes as a tree. Entities and everything outside of the file stay unread.</summary>
internal static class XmlTree
{
    public static TiledNode Read(byte[] bytes, TiledBudget budget)
    {
        // Old versions of Tiled write a harmless DOCTYPE; the reader skips it and resolves nothing. One that declares entities is refused by name.
        var head = bytes.AsSpan(0, Math.Min(bytes.Length, 64 * 1024));
        if (head.IndexOf("<!ENTITY"u8) >= 0 || head.IndexOf(Encoding.Unicode.GetBytes("<!ENTITY")) >= 0 || head.IndexOf(Encoding.BigEndianUnicode.GetBytes("<!ENTITY")) >= 0)
        {
            throw new MapException($"{budget.File}: its DOCTYPE declares entities, which no map needs; remove the DOCTYPE and save again.");
        }

        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreWhitespace = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = IMapFiles.MaxFileBytes,
            MaxCharactersFromEntities = 1024,
        };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes, writable: false), settings);
            return Read(reader, budget);
        }
        catch (Exception broken) when (broken is XmlException or DecoderFallbackException or ArgumentException or OverflowException or InvalidOperationException or NotSupportedException)
        {
            var line = (broken as XmlException)?.LineNumber ?? 0;
            throw new MapException($"{budget.File}, line {line}: this is no complete XML ({FirstSentence(broken.Message)}); open it in Tiled and save it again.", broken);
        }
    }

    private static TiledNode Read(XmlReader reader, TiledBudget budget)
    {
        var open = new Stack<TiledNode>();
        TiledNode? root = null;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.LocalName == "tile" && open.TryPeek(out var data) && (data.Name is "data" or "chunk"):
                    (data.Gids ??= []).Add(Gid(reader, data, budget));
                    if (!reader.IsEmptyElement)
                    {
                        open.Push(new TiledNode("tile", 0));
                        budget.Depth(open.Count);
                    }

                    break;
                case XmlNodeType.Element:
                    var node = Element(reader, budget);
                    root ??= node;
                    if (open.TryPeek(out var parent))
                    {
                        parent.Add(node);
                    }

                    if (!reader.IsEmptyElement)
                    {
                        open.Push(node);
                        budget.Depth(open.Count);
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when open.TryPeek(out var holder):
                    holder.Append(reader.Value);
                    budget.Part();
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
            }
        }

        return root ?? throw new MapException($"{budget.File}: it has no element at all; open it in Tiled and save it again.");
    }

    private static TiledNode Element(XmlReader reader, TiledBudget budget)
    {
        budget.Part();
        var node = new TiledNode(reader.LocalName, (reader as IXmlLineInfo)?.LineNumber ?? 0);
        while (reader.MoveToNextAttribute())
        {
            budget.Part();
            node.Set(reader.LocalName, reader.Value);
        }

        reader.MoveToElement();
        return node;
    }

    private static uint Gid(XmlReader reader, TiledNode data, TiledBudget budget)
    {
        var text = reader.GetAttribute("gid");
        return text is null ? 0
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var gid) ? gid
            : throw budget.Wrong(data, $"\"{TiledBudget.Short(text)}\" is no tile number; save the map again in Tiled.");
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return TiledBudget.Short((end < 0 ? message : message[..end]).TrimEnd('.'));
    }
}
