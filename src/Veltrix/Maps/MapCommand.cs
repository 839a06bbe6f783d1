using System.CommandLine;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Maps;

/// <summary><c>veltrix map</c>: what one does with maps before a hunt.</summary>
internal static class MapCommand
{
    public static Command Create() => new("map", "inspect, draw and make maps")
    {
        MapInspectCommand.Create(),
        MapRenderCommand.Create(),
        MapGenerateCommand.Create(),
    };

    /// <summary>Runs what may fail on a map: 0, or 1 and the sentence on standard error; 2 stays for bad usage.</summary>
    internal static int Try(Action act)
    {
        try
        {
            act();
            return 0;
        }
        catch (MapException bad)
        {
            Console.Error.WriteLine(bad.Message);
            return 1;
        }
    }

    internal static void Write(string path, byte[] bytes)
    {
        try
        {
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MapException($"{path}: it cannot be written ({broken.Message.TrimEnd('.')}); choose another place.", broken);
        }
    }
}
