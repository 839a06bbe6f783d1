using System.Collections.Concurrent;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Client.Tests;

/// <summary>Keeps what a session heard, and lets a test wait for it.</summary>
internal sealed class RecordingSink : IPlaySink
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _events = new(StringComparer.Ordinal);

    public ConcurrentQueue<AnswerReceived> Answers { get; } = new();

    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>Completes when the event has happened once.</summary>
    public Task Of(string what) => Event(what).Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public void OnAnswers(ulong first, ReadOnlySpan<Answer> answers)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            Answers.Enqueue(new AnswerReceived(first + (ulong)i, answers[i]));
            Event($"answer {first + (ulong)i}").TrySetResult();
        }
    }

    public void OnDisconnected(int status) => Hear("disconnected");

    public void OnResumed() => Hear("resumed");

    public void OnSnapshot(in Snapshot snapshot) => Hear($"snapshot {snapshot.Next} {snapshot.X} {snapshot.Y} {snapshot.Reason}");

    public void OnEntered(ReadOnlySpan<Entered> players) => Hear($"entered {players[0].Handle} {players[0].Name}");

    public void OnWalked(ReadOnlySpan<Walked> players) => Hear($"walked {players[0].Handle} {players[0].X} {players[0].Y}");

    public void OnLeft(ReadOnlySpan<ushort> handles) => Hear($"left {handles[0]}");

    public void OnHunt(HuntState state) => Hear($"hunt {state}");

    public void OnNotice(string sentence) => Hear($"notice {sentence}");

    public void OnEnded(Exception? reason) => Hear($"ended {reason?.GetType().Name}");

    private void Hear(string what)
    {
        Heard.Enqueue(what);
        Event(what).TrySetResult();
    }

    private TaskCompletionSource Event(string what) => _events.GetOrAdd(what, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
