using System.Text.Json.Serialization;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Maps;

/// <param name="Maps">in order of their hashes</param>
/// <param name="Next">what to give as after for those that follow; left out when there are none</param>
internal sealed record MapPage(ImmutableArray<MapEntry> Maps, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);

/// <param name="Hash">SHA-256 of the map's content, 64 lower-case hexadecimal digits: its name everywhere</param>
/// <param name="Name">what people call it</param>
/// <param name="Width">columns</param>
/// <param name="Height">rows</param>
internal sealed record MapEntry(string Hash, string Name, int Width, int Height);

/// <param name="Hash">SHA-256 of the map's content, 64 lower-case hexadecimal digits: its name everywhere</param>
/// <param name="Name">what people call it</param>
/// <param name="Width">columns</param>
/// <param name="Height">rows</param>
/// <param name="OpenTiles">tiles that a player can stand on</param>
/// <param name="Parts">parts that the open ground falls into</param>
/// <param name="MainlandTiles">tiles of the largest of them, where players start and treasures lie</param>
/// <param name="Notes">after an upload: what was left out, guessed or looks wrong</param>
internal sealed record MapShape(
    string Hash,
    string Name,
    int Width,
    int Height,
    int OpenTiles,
    int Parts,
    int MainlandTiles,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Notes = null)
{
    public static MapShape Of(TileMap map) => new(map.Hash, map.Name, map.Width, map.Height, map.OpenTiles, map.Parts, map.MainlandTiles);
}
