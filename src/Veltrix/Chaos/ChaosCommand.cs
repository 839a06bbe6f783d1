using System.CommandLine;
using System.CommandLine.Parsing;
using Veltrix.Commands.Chaos.Plan;
using Veltrix.Commands.Swarm;

namespace Veltrix.Commands.Chaos;

/// <summary>`veltrix chaos`: starts a cluster, kills parts of it under a swarm, and audits what is left.</summary>
internal static class ChaosCommand
{
    // More of what scores than the reference mix has: scores are what may get lost.
    private const string UsualMix = "move=60,look=5,drop=10,dig=25";

    private static readonly Option<string?> Postgres = PostgresOption.Create();
    private static readonly Option<int> Silos = Count("--silos", 3, "How many silos.");
    private static readonly Option<int> Gateways = Count("--gateways", 2, "How many gateways.");
    private static readonly Option<int> Players = SwarmOptions.NewPlayers(2000);
    private static readonly Option<double> Rate = SwarmOptions.NewRate(0.5);
    private static readonly Option<double> Seconds = Span("--seconds", 300, 1, 1_000_000, "How long to play, after the warm-up; a plan that is late is carried out all the same.");
    private static readonly Option<double> GrainEvery = Span("--grain-every", 3, 0, 1_000_000, "Seconds between two grains that are deactivated; 0 for none.");
    private static readonly Option<double> ProcessEvery = Span("--process-every", 20, 0, 1_000_000, "Seconds between two deeds to a process, a link or the database; 0 for none. A deed waits for the one before.");
    private static readonly Option<string> Mix = SwarmOptions.NewMix(UsualMix);

    private static readonly Option<string> WhatIsDone = SwarmOptions.Checked<string>(
        new("--what")
        {
            HelpName = "LIST",
            Description = "What is done: kill -9, SIGTERM, SIGSTOP, cut links, restart the database. What cannot be done here is left out, with a sentence.",
            DefaultValueFactory = _ => What.All,
        },
        what => What.Problem(what, out _));

    private static readonly Option<string> PostgresStop = new("--postgres-stop")
    {
        HelpName = "COMMAND",
        Description = "How to stop the database at once, such as \"pg_ctl stop -D DIR -m immediate\". Without it and --postgres-start the database is left alone.",
    };

    private static readonly Option<string> PostgresStart = new("--postgres-start") { HelpName = "COMMAND", Description = "How to start it again." };

    private static readonly Option<double> PostgresAway = Span("--postgres-away", 10, 0, 3600, "Seconds for which the database stays stopped.");

    private static readonly Option<string> Logs = new("--logs")
    {
        HelpName = "DIR",
        Description = "Keep what the processes say here. Without it that is kept, in a temporary folder, only when a check did not hold.",
    };

    public static Command Create()
    {
        var command = new Command(
            "chaos",
            "Starts a cluster on a database, lets simulated players hunt in it, kills grains, silos and gateways meanwhile, and audits what is left. "
            + "The same seed gives the same plan. Exit code 0: every check held. 1: one did not. 2: bad usage.")
        {
            Postgres, Silos, Gateways, Players, Rate, Seconds, SwarmOptions.Warmup, SwarmOptions.Map, Mix, SwarmOptions.Batch, SwarmOptions.Seed,
            GrainEvery, ProcessEvery, WhatIsDone, PostgresStop, PostgresStart, PostgresAway, Logs, SwarmOptions.Json,
        };
        command.Validators.Add(Validate);
        command.SetAction((given, cancellationToken) => RunAsync(given, Console.Error, cancellationToken));
        return command;
    }

    private static void Validate(CommandResult given)
    {
        if (given.GetResult(PostgresStop) is null != given.GetResult(PostgresStart) is null)
        {
            given.AddError("--postgres-stop and --postgres-start belong together: give both, or neither.");
        }
    }

    private static async Task<int> RunAsync(ParseResult given, TextWriter error, CancellationToken cancellationToken)
    {
        // The command line hears signals only once it has this task: nobody may be told anything before, who could then answer with one.
        await Task.Yield();
        var settings = SettingsOf(given);
        if (Descriptors.Problem(settings.Swarm.Players) is { } problem)
        {
            await error.WriteLineAsync(problem);
            return ExitCodes.BadUsage;
        }

        return await ChaosSession.RunAsync(settings, TimeProvider.System, error, !Console.IsErrorRedirected, cancellationToken);
    }

    internal static ChaosSettings SettingsOf(ParseResult given)
    {
        _ = Swarm.Load.Mix.Problem(given.GetValue(Mix)!, out var mix);
        _ = What.Problem(given.GetValue(WhatIsDone)!, out var kinds);
        var seed = given.GetValue(SwarmOptions.Seed);
        var seconds = given.GetValue(Seconds);
        return new ChaosSettings
        {
            Postgres = given.GetValue(Postgres),
            Plan = new PlanRequest(
                seed, given.GetValue(Silos), given.GetValue(Gateways), seconds, given.GetValue(GrainEvery), given.GetValue(ProcessEvery), kinds, given.GetValue(PostgresAway)),
            Swarm = new SwarmSettings
            {
                Servers = [],
                Key = "",
                Map = given.GetValue(SwarmOptions.Map)!,
                Players = given.GetValue(Players),
                Rate = given.GetValue(Rate),
                Batch = given.GetValue(SwarmOptions.Batch),
                Warmup = given.GetValue(SwarmOptions.Warmup),
                Mix = mix!,
                Seed = seed,
            },
            PostgresStop = given.GetValue(PostgresStop),
            PostgresStart = given.GetValue(PostgresStart),
            Logs = given.GetValue(Logs),
            Json = given.GetValue(SwarmOptions.Json),
        };
    }

    private static Option<int> Count(string name, int usual, string description) => SwarmOptions.Checked<int>(
        new(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => usual },
        count => count is >= 1 and <= 50 ? null : $"{name} takes 1 to 50.");

    private static Option<double> Span(string name, double usual, double least, double most, string description) => SwarmOptions.Checked<double>(
        new(name) { HelpName = "S", Description = description, DefaultValueFactory = _ => usual },
        seconds => seconds >= least && seconds <= most ? null : $"{name} takes {least:N0} to {most:N0} seconds.");
}
