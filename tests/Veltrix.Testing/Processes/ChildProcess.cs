using System.Diagnostics;
using System.Text;

namespace Veltrix.Testing.Processes;

/// <summary>A process that a test started: its lines can be waited for, and it is killed at the end if it still runs.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly List<(Func<string, bool> Match, TaskCompletionSource<string> Found)> _waits = [];
    private readonly Task _read;
    private readonly string _command;

    private ChildProcess(ProcessStartInfo start)
    {
        _command = $"{Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)}";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_command} did not start.");
        _read = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _errors));
    }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public static ChildProcess Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(start);
    }

    /// <summary>The first line of either stream, from the process's start, that fits.</summary>
    public async Task<string> LineAsync(string what, Func<string, bool> match, TimeSpan patience)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waits)
        {
            foreach (var line in (Output + Errors).Split('\n'))
            {
                if (match(line))
                {
                    return line;
                }
            }

            _waits.Add((match, found));
        }

        var ended = _process.WaitForExitAsync();
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await Task.WhenAny(found.Task, ended).WaitAsync(timeout.Token);
            if (!found.Task.IsCompleted)
            {
                await _read;
            }
        }
        catch (OperationCanceledException tooLong)
        {
            throw new TimeoutException($"{_command}: waited {patience.TotalSeconds:0} s for {what}. It printed:\n{Output}\n{Errors}", tooLong);
        }

        return found.Task.IsCompletedSuccessfully
            ? await found.Task
            : throw new InvalidOperationException($"{_command} ended with {_process.ExitCode} before {what}. It printed:\n{Output}\n{Errors}");
    }

    /// <summary>The exit code, once the process has ended by itself and all that it printed is read.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await _read.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException tooLong)
        {
            throw new TimeoutException($"{_command}: still running after {patience.TotalSeconds:0} s. It printed:\n{Output}\n{Errors}", tooLong);
        }

        return _process.ExitCode;
    }

    /// <summary>kill -9: the process gets no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM: the process is asked to end.</summary>
    public void Terminate() => Signals.Send(Id, Signals.Terminate);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader stream, StringBuilder into)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            lock (_waits)
            {
                lock (into)
                {
                    into.AppendLine(line);
                }

                foreach (var (match, found) in _waits)
                {
                    if (match(line))
                    {
                        found.TrySetResult(line);
                    }
                }
            }
        }
    }
}
