using System.CommandLine;
using Veltrix.Commands.Maps;
using Veltrix.Commands.Swarm;
using Veltrix.Hosting.Storage;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Up;

/// <summary>`veltrix up`: everything in one process, for a laptop or a demo.</summary>
internal static class UpCommand
{
    private const string DefaultMap = "generated:256x256@1";

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder that keeps hunts, maps and scores. It is made if need be.",
        DefaultValueFactory = _ => "veltrix-data",
        HelpName = "DIR",
    };

    private static readonly Option<Uri> Url = new("--url")
    {
        Description = "Where the gateway listens. Port 0 takes a free one.",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                return url;
            }

            argument.AddError($"--url is '{text}': give an address such as http://127.0.0.1:8080.");
            return null;
        },
        HelpName = "URL",
    };

    public static Command Create()
    {
        var command = new Command("up", "Runs everything in one process, with an embedded store. With --players it plays against itself.")
        {
            Data,
            Url,
        };
        foreach (var option in SwarmOptions.Shared)
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken cancellationToken)
    {
        RuntimeSettings.CompleteInline();
        var playing = given.GetResult(SwarmOptions.Players) is { Implicit: false };
        if (!playing && given.GetValue(SwarmOptions.Json) is not null)
        {
            return await Say(ExitCodes.BadUsage, "--json tells how a swarm fared, and there is none: add --players N.");
        }

        DataFolder data;
        TileMap map;
        try
        {
            map = MapSource.Load(given.GetValue(SwarmOptions.Map) ?? DefaultMap);
            data = DataFolder.Open(given.GetValue(Data)!);
        }
        catch (Exception refused) when (refused is MapException or DataFolderException)
        {
            return await Say(ExitCodes.BadUsage, refused.Message);
        }

        using (data)
        {
            return await ServeAsync(data, map, given, playing, cancellationToken);
        }
    }

    private static async Task<int> ServeAsync(
        DataFolder data, TileMap map, ParseResult given, bool playing, CancellationToken cancellationToken)
    {
        var url = given.GetValue(Url)!;
        UpServer server;
        try
        {
            server = await UpServer.StartAsync(data, url, cancellationToken);
        }
        catch (IOException refused)
        {
            return await Say(ExitCodes.BadUsage, $"Cannot listen on {url}: {refused.Message} Give another --url, or port 0 for a free one.");
        }

        await using (server)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, server.Stopping);
            if (data.NewOperatorKey is { } key)
            {
                await Say(0, $"Operator key, shown this once: {key}");
            }

            await Say(0, $"Veltrix is up at {server.Address} with its data in {data.Path}.");
            if (playing)
            {
                return await SwarmChild.RunAsync(server.Address, server.Key, given, stop.Token);
            }

            try
            {
                return await HuntAsync(server, map, given, stop.Token);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                // Ctrl-C, SIGTERM: the ordinary end, whatever it interrupted.
                return ExitCodes.Ok;
            }
        }
    }

    /// <summary>Lets a hunt run for --seconds, or until somebody asks it to end.</summary>
    private static async Task<int> HuntAsync(UpServer server, TileMap map, ParseResult given, CancellationToken stop)
    {
        var (hunt, problem) = await UpHunt.EnsureAsync(server.Grains, map, given.GetValue(SwarmOptions.Seed), TimeProvider.System, stop);
        if (hunt is null)
        {
            return await Say(ExitCodes.Failed, problem!);
        }

        await Say(0, $"The hunt {hunt} runs on {map.Name} ({map.Width} x {map.Height} tiles). Ctrl-C ends it; the same command goes on with it.");
        await Task.Delay(given.GetResult(SwarmOptions.Seconds) is { Implicit: false }
            ? TimeSpan.FromSeconds(given.GetValue(SwarmOptions.Seconds))
            : Timeout.InfiniteTimeSpan, stop);
        return ExitCodes.Ok;
    }

    private static async Task<int> Say(int exitCode, string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return exitCode;
    }
}
