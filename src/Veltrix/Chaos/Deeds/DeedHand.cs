using System.Globalization;
using Npgsql;
using Veltrix.Commands.Chaos.Felt;
using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Networks;
using Veltrix.Commands.Chaos.Plan;
using Veltrix.Commands.Chaos.Reports;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Chaos.Deeds;

/// <summary>Does what was planned, one deed after the other, and puts right what it did: after a deed all processes are up again. A token that hurries it cuts pauses short, nothing else.</summary>
/// <param name="cluster">whom it is done to</param>
/// <param name="network">where they live</param>
/// <param name="membership">what the silos think of each other</param>
/// <param name="database">stops and starts the database; null where that cannot be done</param>
/// <param name="book">what players feel</param>
/// <param name="line">what was done</param>
/// <param name="clock">the swarm's clock</param>
/// <param name="began">when measuring began, on that clock</param>
/// <param name="say">tells people</param>
internal sealed class DeedHand(
    ChaosCluster cluster, ITestNetwork network, Membership membership, DatabaseSwitch? database, PhaseBook book, TimeLine line, ISwarmClock clock, long began, Action<string> say) : IDisposable
{
    private const string FallName = "fall";

    /// <summary>How long a process may take from SIGTERM to its end: less than the 30 s after which an orchestrator kills it.</summary>
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(25);

    /// <summary>How long a silo that others took for dead may run on once it reaches the database again, and a gateway be without its cluster.</summary>
    private static readonly TimeSpan ToFindOut = TimeSpan.FromSeconds(20);

    /// <summary>A silo that is no member after this was spared by the others.</summary>
    private static readonly TimeSpan Spared = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Does one deed, unless its victim did not come up after an earlier one.</summary>
    public async Task DoAsync(Deed deed, CancellationToken hurry)
    {
        if (deed.Victim is not { } who)
        {
            await RestartDatabaseAsync(deed, hurry);
            return;
        }

        var member = cluster[who];
        if (!member.Runs)
        {
            say($"{deed.Name} {who} is left out: it does not run.");
            return;
        }

        var happening = Begin(deed.Name, member.Name);
        switch (deed.Kind)
        {
            case DeedKind.Kill:
                await member.KillAsync();
                await PauseAsync(deed.Lasts, hurry);
                await StartAsync(member);
                break;

            case DeedKind.Terminate:
                await TerminateAsync(member, happening, deed.Lasts, hurry);
                break;

            case DeedKind.Freeze:
                member.Freeze();
                await PauseAsync(deed.Lasts, hurry);
                member.Wake();
                await SettleAsync(member, happening, deed.Lasts);
                break;

            case DeedKind.Cut:
                await network.CutAsync(who);
                await PauseAsync(deed.Lasts, hurry);
                await network.HealAsync(who);
                await SettleAsync(member, happening, deed.Lasts);
                break;

            default:
                await network.PartAsync(who);
                await PauseAsync(deed.Lasts, hurry);
                await network.RejoinAsync(who);
                await SettleAsync(member, happening, deed.Lasts);
                break;
        }

        End(happening, happening.Note);
    }

    /// <summary>Starts those again that ended though nobody meant them to.</summary>
    public async Task MendAsync()
    {
        foreach (var fallen in cluster.Fallen.ToArray())
        {
            var happening = Begin(FallName, fallen.Name);
            if (fallen.ToldDead)
            {
                happening.Note = "was taken for dead by the others, found out and ended";
            }
            else
            {
                happening.Note = $"ended by itself with exit code {fallen.ExitCode}";
                line.Fault($"{fallen.Name} {happening.Note}, {Text(happening.At)} s after the start");
            }

            await StartAsync(fallen);
            End(happening, happening.Note);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task TerminateAsync(Member member, Happening happening, TimeSpan pause, CancellationToken hurry)
    {
        var from = clock.Now;
        if (!await member.TerminateAsync(ToEnd))
        {
            line.Fault($"{member.Name} still ran {ToEnd.TotalSeconds:F0} s after SIGTERM");
            await member.KillAsync();
        }
        else if (member.ExitCode != 0)
        {
            line.Fault($"{member.Name} ended with exit code {member.ExitCode} after SIGTERM");
        }

        happening.Note = $"ended after {Since(from)} s";
        await PauseAsync(pause, hurry);
        await StartAsync(member);
    }

    private async Task RestartDatabaseAsync(Deed deed, CancellationToken hurry)
    {
        var happening = Begin(deed.Name, "");
        try
        {
            await database!.StopAsync();
            await PauseAsync(deed.Lasts, hurry);
        }
        catch (MemberException failed)
        {
            line.Fault(failed.Message);
        }

        try
        {
            var from = clock.Now;
            await database!.StartAsync();
            End(happening, $"was away for {Text(deed.Lasts.TotalSeconds)} s, and back {Since(from)} s later");
        }
        catch (MemberException failed)
        {
            line.Fault(failed.Message);
            End(happening, failed.Message);
        }
    }

    /// <summary>After a process could not be reached for a while: a silo finds out what the others think of it, a gateway finds its silos again.</summary>
    private async Task SettleAsync(Member member, Happening happening, TimeSpan away)
    {
        var from = clock.Now;
        var told = $"away for {Text(away.TotalSeconds)} s";
        while (true)
        {
            var dead = member.Who.Role is Role.Silo && await IsDeadAsync(member);
            if (!member.Runs)
            {
                if (!member.ToldDead)
                {
                    line.Fault($"{member.Name} ended with exit code {member.ExitCode} after {happening.Name}, and not because it was taken for dead");
                }

                End(happening, $"{told}, taken for dead; found out and ended {Since(from)} s later");
                await StartAsync(member);
                return;
            }

            var passed = TimeSpan.FromSeconds((clock.Now - from) / (double)Nanoseconds.PerSecond);
            if (!dead && (member.Who.Role is Role.Gateway || passed > Spared) && await IsReadyAsync(member))
            {
                happening.Note = member.Who.Role is Role.Silo ? $"{told}, not taken for dead" : $"{told}, ready again {Since(from)} s later";
                return;
            }

            if (passed > ToFindOut)
            {
                line.Fault(dead
                    ? $"{member.Name} still ran {ToFindOut.TotalSeconds:F0} s after {happening.Name}, though the others had taken it for dead"
                    : $"{member.Name} was not ready again {ToFindOut.TotalSeconds:F0} s after {happening.Name}");
                await member.KillAsync();
                await StartAsync(member);
                return;
            }

            await PauseAsync(Glance, CancellationToken.None);
        }
    }

    private async Task<bool> IsDeadAsync(Member silo)
    {
        try
        {
            return await membership.IsDeadAsync(silo.Name, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task<bool> IsReadyAsync(Member member)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(member.Spot.Url, "/health"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task StartAsync(Member member)
    {
        var happening = Begin($"start-{Deed.Of(member.Who.Role)}", member.Name);
        try
        {
            var from = clock.Now;
            await member.StartAsync(CancellationToken.None);
            End(happening, $"up after {Since(from)} s");
        }
        catch (MemberException failed)
        {
            line.Fault(failed.Message);
            await member.KillAsync();
            End(happening, failed.Message);
        }
    }

    private Happening Begin(string name, string whom)
    {
        var now = clock.Now;
        var happening = new Happening((now - began) / (double)Nanoseconds.PerSecond, name, whom, book.Begin(name, now));
        line.Add(happening);
        say($"{Text(happening.At),6} s  {name} {whom}");
        return happening;
    }

    private void End(Happening happening, string note)
    {
        PhaseBook.End(happening.Phase, clock.Now);
        happening.Note = note;
    }

    private static async Task PauseAsync(TimeSpan pause, CancellationToken hurry)
    {
        try
        {
            await Task.Delay(pause, hurry);
        }
        catch (OperationCanceledException)
        {
            // What was done is put right all the sooner.
        }
    }

    private string Since(long from) => Text((clock.Now - from) / (double)Nanoseconds.PerSecond);

    private static string Text(double seconds) => seconds.ToString("F1", CultureInfo.InvariantCulture);
}
