using Veltrix.World.Maps;

namespace Veltrix.Commands.Maps;

/// <summary>What <c>--map</c> takes: a file, or <c>generated:WIDTHxHEIGHT@SEED</c>.</summary>
internal static class MapSource
{
    public const string Help = "a Tiled map (.tmx, .tmj), an octile grid (.map), a stored map (.vmap), or generated:WIDTHxHEIGHT@SEED";

    /// <exception cref="MapException">There is no such map, or it cannot be used; the message is for people.</exception>
    public static TileMap Load(string source) => LoadWithReport(source).Map;

    /// <inheritdoc cref="Load"/>
    public static MapReading LoadWithReport(string source)
    {
        if (!GeneratedMapName.IsMeant(source))
        {
            if (Directory.Exists(source))
            {
                throw new MapException($"{source}: this is a folder; give the map file in it.");
            }

            return File.Exists(source)
                ? MapReader.ReadWithReport(source, new FolderMapFiles(source))
                : throw new MapException($"{source}: there is no such file; give {Help}.");
        }

        return GeneratedMapName.TryParse(source, out var name, out var problem)
            ? new MapReading(name.Generate(), new MapReport("generated", [], []))
            : throw new MapException(problem!);
    }
}
