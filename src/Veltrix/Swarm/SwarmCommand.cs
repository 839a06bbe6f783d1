using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Veltrix.Client;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Swarm;

/// <summary>`veltrix swarm`: simulated players through a gateway, with every answer checked.</summary>
internal static class SwarmCommand
{
    private const string KeyVariable = "VELTRIX_OPERATOR_KEY";

    private static readonly Option<Uri[]> Servers = new("--url")
    {
        HelpName = "URL",
        Arity = ArgumentArity.OneOrMore,
        Description = "The gateway. Given more than once, the gateways of one cluster: players are spread over them, and who loses one goes on at the next.",
        DefaultValueFactory = _ => [new Uri("http://127.0.0.1:8080")],
        CustomParser = argument => [.. argument.Tokens.Select(token => UrlOf(token.Value, argument)).OfType<Uri>()],
    };

    private static readonly Option<string> Key = new("--key")
    {
        HelpName = "KEY",
        Description = $"An operator key of the gateway. Others can read a command line: better put it into the environment as {KeyVariable}.",
    };

    private static readonly Option<string> Hunt = new("--hunt")
    {
        HelpName = "ID",
        Description = "Play in this hunt instead of in a new one. Its ledger may have entries, and others may play.",
    };

    private static readonly Option<string> AckedLog = new("--acked-log")
    {
        HelpName = "FILE",
        Description = "Append each acknowledged score to this file, a line of JSON each, at once.",
    };

    private static readonly Option<bool> Spin = new("--spin")
    {
        Description = "Look for answers without ever sleeping, for a swarm with a processor of its own: then no answer has to wake it. Its own CPU time says nothing.",
    };

    public static Command Create()
    {
        var command = new Command(
            "swarm",
            "Plays with many simulated players over real sockets, at a steady rate whatever is answered, and checks every answer and the ledger. "
            + "Exit code 0: every check held. 1: one did not. 2: bad usage.")
        {
            Servers,
            Key,
            Hunt,
        };
        foreach (var option in SwarmOptions.Shared)
        {
            command.Options.Add(option);
        }

        command.Options.Add(AckedLog);
        command.Options.Add(Spin);
        command.Validators.Add(Validate);
        command.SetAction((given, cancellationToken) => RunAsync(given, Console.Error, cancellationToken));
        return command;
    }

    private static void Validate(CommandResult given)
    {
        if (given.GetResult(Hunt) is { Implicit: false } && given.GetResult(SwarmOptions.Map) is { Implicit: false })
        {
            given.AddError("--hunt has its own map: give either --hunt or --map.");
        }

        if (KeyOf(given.GetResult(Key)) is null)
        {
            given.AddError($"The swarm prepares its hunt as an operator: give --key KEY, or put the key into the environment as {KeyVariable}.");
        }
    }

    internal static async Task<int> RunAsync(ParseResult given, TextWriter error, CancellationToken cancellationToken)
    {
        _ = Mix.Problem(given.GetValue(SwarmOptions.MixOfCommands)!, out var mix);
        var settings = new SwarmSettings
        {
            Servers = given.GetValue(Servers)!,
            Key = KeyOf(given.GetResult(Key))!,
            Hunt = given.GetValue(Hunt),
            Map = given.GetValue(SwarmOptions.Map)!,
            Players = given.GetValue(SwarmOptions.Players),
            Rate = given.GetValue(SwarmOptions.Rate),
            Batch = given.GetValue(SwarmOptions.Batch),
            Seconds = given.GetResult(SwarmOptions.Seconds) is { Implicit: false } ? given.GetValue(SwarmOptions.Seconds) : null,
            Warmup = given.GetValue(SwarmOptions.Warmup),
            Mix = mix!,
            Seed = given.GetValue(SwarmOptions.Seed),
            Json = given.GetValue(SwarmOptions.Json),
            AckedLog = given.GetValue(AckedLog),
            Spin = given.GetValue(Spin),
        };
        if (Descriptors.Problem(settings.Players) is { } problem)
        {
            await error.WriteLineAsync(problem);
            return ExitCodes.BadUsage;
        }

        try
        {
            var terminal = !Console.IsErrorRedirected;
            return await new SwarmRun(settings, TimeProvider.System, new LiveLine(error, terminal)).RunAsync(error, terminal, cancellationToken);
        }
        catch (Exception refused) when (refused is MapException or UsageException)
        {
            await error.WriteLineAsync(refused.Message);
            return ExitCodes.BadUsage;
        }
        catch (OperatorException refused) when (refused.Status is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound)
        {
            await error.WriteLineAsync($"Check --url, --key and --hunt: {refused.Message}");
            return ExitCodes.BadUsage;
        }
        catch (Exception failed) when (failed is OperatorException or JoinRefusedException or PlayEndedException or HttpRequestException or IOException)
        {
            await error.WriteLineAsync($"The swarm cannot play at {string.Join(" or ", settings.Servers)}: {failed.Message}");
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("The swarm was interrupted before it played.");
            return ExitCodes.Failed;
        }
    }

    private static Uri? UrlOf(string text, ArgumentResult argument)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        argument.AddError($"--url is '{text}': give an address such as http://127.0.0.1:8080.");
        return null;
    }

    private static string? KeyOf(OptionResult? given)
    {
        var key = given?.GetValueOrDefault<string>() ?? Environment.GetEnvironmentVariable(KeyVariable);
        return string.IsNullOrWhiteSpace(key) ? null : key.Trim();
    }
}

/// <summary>What was asked for cannot be; the message says how to mend it.</summary>
internal sealed class UsageException(string message) : Exception(message);
