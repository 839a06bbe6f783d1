using System.CommandLine;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Maps;

/// <summary><c>veltrix map generate ... -o FILE</c>: makes an island, or turns any map into another format.</summary>
internal static class MapGenerateCommand
{
    public static Command Create()
    {
        var source = new Argument<string?>("SOURCE") { Description = "generated:WIDTHxHEIGHT@SEED, instead of --size and --seed", Arity = ArgumentArity.ZeroOrOne };
        var size = new Option<string>("--size") { Description = "WIDTHxHEIGHT in tiles", DefaultValueFactory = _ => "256x256" };
        var seed = new Option<ulong>("--seed") { Description = "the same seed gives the same island", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--output", "-o") { Description = "the file to write: .tmx, .tmj (each with a tileset picture beside it), .map or .vmap", Required = true };
        var command = new Command("generate", "makes an island of a size and a seed") { source, size, seed, output };
        command.SetAction(parsed => MapCommand.Try(() =>
        {
            var name = parsed.GetValue(source) ?? $"generated:{parsed.GetValue(size)}@{parsed.GetValue(seed)}";
            if (!GeneratedMapName.IsMeant(name))
            {
                throw new MapException($"'{name}' is no generated map: write generated:WIDTHxHEIGHT@SEED, such as generated:1024x1024@7.");
            }

            Save(MapSource.Load(name), parsed.GetValue(output)!);
        }));
        return command;
    }

    private static void Save(TileMap map, string path)
    {
        var picture = Path.ChangeExtension(path, ".tiles.png");
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".tmx":
                MapCommand.Write(path, MapExport.Tmx(map, Path.GetFileName(picture)));
                MapCommand.Write(picture, MapExport.Tileset(map));
                break;
            case ".tmj" or ".json":
                MapCommand.Write(path, MapExport.Tmj(map, Path.GetFileName(picture)));
                MapCommand.Write(picture, MapExport.Tileset(map));
                break;
            case ".map":
                MapCommand.Write(path, MapExport.Octile(map));
                break;
            case ".vmap":
                MapCommand.Write(path, MapCodec.Encode(map));
                break;
            default:
                throw new MapException($"{path}: its extension is no map format; use .tmx, .tmj, .map or .vmap.");
        }

        Console.Error.WriteLine($"{path}: {map.Width} x {map.Height} tiles, {map.OpenTiles} of them walkable");
    }
}
