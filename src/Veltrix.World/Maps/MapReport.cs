using System.Collections.Immutable;

namespace Veltrix.World.Maps;

/// <summary>A map as read, with what the reader has to say about it.</summary>
public sealed record MapReading(TileMap Map, MapReport Report);

/// <summary>What a reader found.</summary>
/// <param name="Format">the format's name, such as "Tiled TMX"</param>
/// <param name="Layers">the names of the layers, bottom first, each with what the rule took it for</param>
/// <param name="Notes">sentences for the map's author: what was left out, guessed or looks wrong; at most 50</param>
public sealed record MapReport(string Format, ImmutableArray<string> Layers, ImmutableArray<string> Notes);

/// <summary>Collects notes: each once, and not more than a person reads.</summary>
internal sealed class MapNotes
{
    private const int Most = 50;
    private readonly List<string> _notes = [];

    public void Add(string note)
    {
        if (_notes.Count < Most && !_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    public ImmutableArray<string> ToImmutable() => [.. _notes];
}
