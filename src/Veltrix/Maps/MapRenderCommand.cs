using System.CommandLine;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Maps;

/// <summary><c>veltrix map render FILE -o PNG</c>: a map as a picture.</summary>
internal static class MapRenderCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = MapSource.Help };
        var output = new Option<string>("--output", "-o") { Description = "the PNG file to write", Required = true };
        var scale = new Option<int>("--scale") { Description = "pixels a tile, 1 to 64; 0 chooses for a picture of about a thousand pixels" };
        var plain = new Option<bool>("--no-marks") { Description = "leaves treasures and spawn points unmarked" };
        scale.Validators.Add(result =>
        {
            if (result.GetValue(scale) is < 0 or > 64)
            {
                result.AddError("--scale takes 0 to 64 pixels a tile.");
            }
        });
        var command = new Command("render", "draws a map as PNG; treasures are golden discs, spawn points red ones") { file, output, scale, plain };
        command.SetAction(parsed => MapCommand.Try(() =>
        {
            var map = MapSource.Load(parsed.GetValue(file)!);
            var pixels = parsed.GetValue(scale) is var told and > 0 ? told : MapImage.ScaleFor(map);
            MapCommand.Write(parsed.GetValue(output)!, MapImage.Render(map, pixels, marks: !parsed.GetValue(plain)));
            Console.Error.WriteLine($"{parsed.GetValue(output)}: {map.Width * pixels} x {map.Height * pixels} pixels, {pixels} a tile");
        }));
        return command;
    }
}
