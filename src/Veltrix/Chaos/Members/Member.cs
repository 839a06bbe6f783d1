using System.Diagnostics;
using System.Globalization;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Commands.Chaos.Members;

/// <summary>
/// One silo or gateway, as a process that can be ended and started again in its place. Whoever drives it does one thing after the other.
/// </summary>
/// <param name="who">which it is; also its name in the cluster</param>
/// <param name="spot">where it is</param>
/// <param name="cluster">the cluster's name</param>
/// <param name="environment">what it finds in its environment, beside what this process has</param>
/// <param name="children">starts it</param>
/// <param name="logs">where its lines go</param>
internal sealed class Member(
    Victim who, Spot spot, string cluster, IReadOnlyDictionary<string, string> environment, ChildThread children, MemberLogs logs) : IDisposable
{
    /// <summary>How long a start may take: on a machine that is full, with a database that has just come back.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private Process? _process;
    private Task _reading = Task.CompletedTask;

    public Victim Who => who;

    public string Name => who.ToString();

    public Spot Spot => spot;

    /// <summary>Whether somebody meant it to end. One that ends otherwise has fallen.</summary>
    public bool Asked { get; private set; }

    /// <summary>Whether the silo ended because the others took it for dead, and it found out.</summary>
    public bool ToldDead { get; private set; }

    public bool Runs => _process is { HasExited: false };

    public int ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : 0;

    /// <summary>When the process has ended, for whatever reason.</summary>
    public Task EndedAsync(CancellationToken stop) => _process?.WaitForExitAsync(stop) ?? Task.CompletedTask;

    /// <summary>
    /// Starts it and waits until it is up. A silo that the others took for dead while it joined, because its machine was too busy to let it answer, is started again, as an
    /// orchestrator would.
    /// </summary>
    /// <exception cref="MemberException">It ended for another reason, or did not get up in time.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(StartPatience);
        try
        {
            while (!await StartOnceAsync(patience.Token))
            {
                if (!ToldDead)
                {
                    throw new MemberException($"{Name} ended with {ExitCode} before it was up");
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new MemberException($"{Name} was not up after {StartPatience.TotalSeconds:F0} s");
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => EndAsync(Signals.Kill, CancellationToken.None);

    /// <summary>SIGTERM, and the wait for its end.</summary>
    /// <returns>whether it ended before the wait did</returns>
    public async Task<bool> TerminateAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await EndAsync(Signals.Terminate, limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>SIGSTOP: it stands still, and its sockets stay open.</summary>
    public void Freeze() => Send(Signals.Stop);

    /// <summary>SIGCONT.</summary>
    public void Wake() => Send(Signals.Continue);

    public void Dispose()
    {
        Send(Signals.Kill);
        _process?.Dispose();
        _process = null;
    }

    /// <returns>whether it is up; else it has ended, and all its lines are read</returns>
    private async Task<bool> StartOnceAsync(CancellationToken stop)
    {
        await _reading;
        _process?.Dispose();
        (Asked, ToldDead) = (false, false);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = _process = await children.StartAsync(StartInfo());
        logs.Write(Name, $"--- process {process.Id}");
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, up), ReadAsync(process.StandardError, up));
        await Task.WhenAny(up.Task, process.WaitForExitAsync(stop)).Unwrap().WaitAsync(stop);
        if (!up.Task.IsCompleted)
        {
            await _reading;
        }

        return up.Task.IsCompleted;
    }

    private async Task EndAsync(int signal, CancellationToken stop)
    {
        Asked = true;
        Send(signal);
        await EndedAsync(stop);
    }

    private void Send(int signal)
    {
        if (_process is { HasExited: false } process)
        {
            _ = Signals.Send(process.Id, signal);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var (file, first) = OwnProgram.Line;
        string[] line = [.. spot.Within, file, .. first, .. Arguments()];
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,

            // Not where this process was started: its folder may have settings of another cluster.
            WorkingDirectory = logs.Folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // As in a pod: who takes over from another has no time to compile well.
        start.Environment["DOTNET_TC_QuickJit"] = "1";
        start.Environment[ParentProcess.Variable] = Text(Environment.ProcessId);
        return start;
    }

    private string[] Arguments() => who.Role is Role.Silo
        ? ["silo", "--cluster", cluster, "--name", Name, "--address", spot.Address.ToString(), "--silo-port", Text(spot.SiloPort), "--client-port", Text(spot.ClientPort), "--url", spot.Url.GetLeftPart(UriPartial.Authority)]
        : ["gateway", "--cluster", cluster, "--url", spot.Url.GetLeftPart(UriPartial.Authority)];

    private async Task ReadAsync(StreamReader lines, TaskCompletionSource up)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            logs.Write(Name, line);
            if (line.StartsWith($"The {Deed.Of(who.Role)} is up", StringComparison.Ordinal))
            {
                up.TrySetResult();
            }
            else if (line.Contains("I have been told I am dead", StringComparison.Ordinal))
            {
                ToldDead = true;
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A silo or a gateway that did not do what it has to.</summary>
internal sealed class MemberException(string message) : Exception(message);
