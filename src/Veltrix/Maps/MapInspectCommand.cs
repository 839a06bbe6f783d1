using System.CommandLine;
using System.Globalization;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Maps;

/// <summary><c>veltrix map inspect FILE</c>: what a hunt would make of a map.</summary>
internal static class MapInspectCommand
{
    private const int MostNamed = 12;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = MapSource.Help };
        var command = new Command("inspect", "tells a map's size, layers, regions, ground, connected parts and objects") { file };
        command.SetAction(parsed => MapCommand.Try(() => Print(MapSource.LoadWithReport(parsed.GetValue(file)!), Console.Out)));
        return command;
    }

    private static void Print(MapReading reading, TextWriter to)
    {
        var map = reading.Map;
        var seen = MapInspection.Of(map);
        to.WriteLine($"{seen.Name} ({reading.Report.Format})");
        to.WriteLine($"  size       {seen.Width} x {seen.Height} tiles");
        to.WriteLine($"  regions    {seen.Regions} of {MapInspection.RegionSize} x {MapInspection.RegionSize}");
        to.WriteLine($"  walkable   {Share(seen.OpenShare)} of the tiles ({seen.OpenTiles})");
        to.WriteLine($"  parts      {seen.Parts}, the largest with {Share(seen.MainlandShare)} of the walkable tiles ({seen.MainlandTiles})");
        to.WriteLine($"  terrain    {string.Join(", ", seen.Terrains.Select(one => $"{one.Terrain} {Share((double)one.Tiles / map.Paint.Length)}"))}");
        to.WriteLine($"  hides      {Share((double)seen.HidingTiles / map.Paint.Length)} of the tiles");
        to.WriteLine($"  objects    {(map.Objects.IsEmpty ? "none" : string.Join(", ", seen.Objects.Select(one => $"{one.Kind} {one.Count}")))}");
        foreach (var (kind, _) in seen.Objects)
        {
            var all = map.Objects.Where(item => item.Kind == kind).ToList();
            var named = all.Take(MostNamed).Select(item => $"{(item.Name.Length > 0 ? item.Name : "unnamed")} {item.Tile}");
            to.WriteLine($"             {kind}: {string.Join(", ", named)}{(all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "")}");
        }

        to.WriteLine($"  hash       {seen.Hash}");
        if (!reading.Report.Layers.IsEmpty)
        {
            to.WriteLine("  layers, bottom first");
            foreach (var layer in reading.Report.Layers)
            {
                to.WriteLine($"    {layer}");
            }
        }

        foreach (var note in reading.Report.Notes)
        {
            to.WriteLine($"  note: {note}");
        }

        if (seen.TreasuresAside > 0)
        {
            to.WriteLine($"  note: {seen.TreasuresAside} treasures do not stand on the largest part; a hunt moves each to its nearest tile.");
        }
    }

    private static string Share(double share) => share.ToString("P1", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
}
