using System.Globalization;
using Npgsql;
using Veltrix.Client;
using Veltrix.Commands.Chaos.Audit;
using Veltrix.Commands.Chaos.Deeds;
using Veltrix.Commands.Chaos.Felt;
using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Networks;
using Veltrix.Commands.Chaos.Plan;
using Veltrix.Commands.Chaos.Reports;
using Veltrix.Commands.Swarm;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Silo;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Chaos;

/// <summary>One run of chaos, from an empty cluster to the verdict. Whatever it started or made is gone when it ends.</summary>
internal sealed class ChaosSession
{
    /// <summary>Seconds to wait for answers at the end: a process that has just come back gets the time to give them.</summary>
    private const double Drain = 60;

    private readonly ChaosSettings _settings;
    private readonly TimeProvider _time;
    private readonly LiveLine _live;
    private readonly NpgsqlConnectionStringBuilder _connection;
    private readonly NpgsqlDataSource _database;
    private readonly MemberLogs _logs;
    private readonly List<string> _leftOut = [];
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"chaos-{Environment.ProcessId}");

    private ChaosSession(ChaosSettings settings, TimeProvider time, LiveLine live, NpgsqlConnectionStringBuilder connection, NpgsqlDataSource database, MemberLogs logs) =>
        (_settings, _time, _live, _connection, _database, _logs) = (settings, time, live, connection, database, logs);

    /// <summary>Runs it and turns what an operator can mend into a sentence.</summary>
    /// <returns>the exit code</returns>
    public static async Task<int> RunAsync(ChaosSettings settings, TimeProvider time, TextWriter error, bool terminal, CancellationToken stop)
    {
        var live = new LiveLine(error, terminal);
        var keep = settings.Logs is not null;
        MemberLogs? logs = null;
        try
        {
            var connection = PostgresOption.Read(settings.Postgres);
            await using var database = NpgsqlDataSource.Create(connection);
            logs = new MemberLogs(settings.Logs ?? Directory.CreateTempSubdirectory("veltrix-chaos-").FullName, time);
            var report = await new ChaosSession(settings, time, live, connection, database, logs).RunAsync(stop);
            ReportTables.Write(error, terminal, report);
            await WriteJsonAsync(settings.Json, report);
            keep |= report.Problems.Count > 0;
            return report.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (Exception refused) when (refused is MapException or UsageException or PostgresStorageException)
        {
            live.Say(refused.Message);
            return ExitCodes.BadUsage;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            live.Say("Interrupted before anything was played.");
            return ExitCodes.Failed;
        }
        catch (Exception failed) when (failed is MemberException or OperatorException or JoinRefusedException or PlayEndedException or HttpRequestException or IOException or NpgsqlException)
        {
            keep = true;
            live.Say($"The run broke off: {failed.Message}");
            return ExitCodes.Failed;
        }
        finally
        {
            Leave(logs, keep, live);
        }
    }

    private async Task<ChaosReport> RunAsync(CancellationToken stop)
    {
        await PostgresAvailability.WaitAsync(_database, _live.Say, _time, stop);
        var migrated = await new PostgresMigrator(_database, ClusterSchemas.All).MigrateAsync(stop);
        if (!migrated.IsEmpty)
        {
            _live.Say($"The database is up to date now: ran {string.Join(", ", migrated)}.");
        }

        var membership = new Membership(_database, _name);
        if (await membership.OthersAsync(stop) is [var other, ..])
        {
            throw new UsageException($"The cluster '{other}' lives in this database, and two would fight over its grains: give chaos a database of its own.");
        }

        var processes = ChaosCluster.Who(_settings.Plan.Silos, _settings.Plan.Gateways).ToArray();
        await using var network = await MakeNetworkAsync(processes);
        var plan = MakePlan(network);
        try
        {
            await using var cluster = new ChaosCluster(_name, _settings.Plan.Silos, _settings.Plan.Gateways, network, _logs);
            _live.Say($"Starting {_settings.Plan.Silos} silos and {_settings.Plan.Gateways} gateways{(network.CanCut ? ", each in a network namespace" : "")}.");
            await cluster.StartAsync(stop);
            return await PlayAsync(cluster, network, membership, plan, stop);
        }
        finally
        {
            await ForgetAsync(membership);
        }
    }

    private async Task<ChaosReport> PlayAsync(ChaosCluster cluster, ITestNetwork network, Membership membership, ChaosPlan plan, CancellationToken stop)
    {
        var (book, line, tally) = (new PhaseBook(), new TimeLine(), new SessionTally(_settings.Swarm.Players));
        var acked = Path.Combine(_logs.Folder, "acked.ndjson");
        File.Delete(acked);
        var swarm = _settings.Swarm with { Servers = [.. cluster.Gateways], Key = cluster.Key, AckedLog = acked, Drain = Drain };
        var database = _settings is { PostgresStop: { } off, PostgresStart: { } on } ? new DatabaseSwitch(off, on, _database, _logs, _time) : null;
        await using var hunter = await GrainHunter.ConnectAsync(_database, cluster.Name, stop);
        await using var watch = new ChaosWatch(
            plan,
            _settings.Plan.Seconds,
            cluster,
            hunter,
            (clock, began) => new DeedHand(cluster, network, membership, database, book, line, clock, began, _live.Say),
            book,
            line,
            tally,
            new WaitLog(_logs.Write));

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, watch.Played);
        var (summary, bots) = await new SwarmRun(swarm, _time, _live, watch).PlayAsync(ended.Token);
        _live.Say("Auditing.");
        using var operating = new OperatorApi(swarm.Servers, swarm.Key, _time);
        var audit = await ChaosAudit.RunAsync(_connection.ConnectionString, summary.Hunt, acked, operating, _time);
        var holes = new Findings();
        foreach (var hole in tally.Holes([.. bots.Select(bot => (bot.Name, bot.Sent))]))
        {
            holes.Add("sessions with a hole", hole);
        }

        return new ChaosReport(
            _settings.Plan.Seed,
            summary,
            [.. summary.Failed, .. holes.All, .. audit, .. line.Faults],
            line,
            book,
            plan,
            watch.Undone,
            _leftOut,
            _logs.Errors);
    }

    private async Task<ITestNetwork> MakeNetworkAsync(IReadOnlyList<Victim> processes)
    {
        if (_settings.Plan.Kinds.Contains(DeedKind.Cut))
        {
            var (network, why) = await NamespaceNetwork.TryCreateAsync(processes, _connection);
            if (network is not null)
            {
                return network;
            }

            LeaveOut($"No network is cut: {why}.");
        }

        return new LoopbackNetwork(processes, _connection.ConnectionString);
    }

    /// <summary>The plan of what can be done here.</summary>
    private ChaosPlan MakePlan(ITestNetwork network)
    {
        var kinds = _settings.Plan.Kinds;
        if (!network.CanCut)
        {
            kinds = kinds.Remove(DeedKind.Cut).Remove(DeedKind.Part);
        }

        if (kinds.Contains(DeedKind.Database) && _settings.PostgresStop is null)
        {
            kinds = kinds.Remove(DeedKind.Database);
            LeaveOut("The database is not restarted: say how with --postgres-stop and --postgres-start.");
        }

        if (OperatingSystem.IsWindows())
        {
            kinds = [];
            LeaveOut("No process is killed: Windows has no signals.");
        }

        return ChaosPlan.Create(_settings.Plan with { Kinds = kinds });
    }

    private void LeaveOut(string sentence)
    {
        _leftOut.Add(sentence);
        _live.Say(sentence);
    }

    private async Task ForgetAsync(Membership membership)
    {
        try
        {
            await membership.ForgetAsync();
        }
        catch (NpgsqlException away)
        {
            _live.Say($"The list of the run's silos stays in the database: {away.Message}");
        }
    }

    private static async Task WriteJsonAsync(string? path, ChaosReport report)
    {
        if (path == "-")
        {
            await Console.Out.WriteLineAsync(report.ToJson());
        }
        else if (path is not null)
        {
            await File.WriteAllTextAsync(path, report.ToJson() + "\n");
        }
    }

    private static void Leave(MemberLogs? logs, bool keep, LiveLine live)
    {
        if (logs is null)
        {
            return;
        }

        logs.Dispose();
        if (keep)
        {
            live.Say($"What the processes said is in {logs.Folder}{(logs.Errors > 0 ? $"; {MemberLogs.ErrorsFile} has the {logs.Errors:N0} lines of level Error" : "")}.");
        }
        else
        {
            Directory.Delete(logs.Folder, recursive: true);
        }
    }
}
