using System.Collections.Concurrent;
using System.Diagnostics;

namespace Veltrix.Commands.Chaos.Members;

/// <summary>
/// The one thread that starts processes. The kernel ends a child that asked for it with the thread that started it, and threads of the pool come and go: this one stays as long
/// as the process.
/// </summary>
internal sealed class ChildThread : IDisposable
{
    private readonly BlockingCollection<Action> _starts = [];

    public ChildThread() => new Thread(Run) { IsBackground = true, Name = "children" }.Start();

    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start."));
            }
            catch (Exception failed)
            {
                started.SetException(failed);
            }
        });
        return started.Task;
    }

    /// <summary>Ends the thread, and with it whoever still runs.</summary>
    public void Dispose() => _starts.CompleteAdding();

    private void Run()
    {
        foreach (var start in _starts.GetConsumingEnumerable())
        {
            start();
        }
    }
}
