using Veltrix.Client;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.World;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>
/// Joins a bot to its session: frames go out, answers come in. Frames that the session does not take, since 1,024 commands are unanswered,
/// wait here and go out as answers come; their time runs from when they were due all the same.
/// </summary>
internal sealed class Seat(Bot bot, ISwarmClock clock, RunRecord record) : IPlaySink
{
    private readonly Lock _gate = new();
    private Queue<Command[]>? _held;
    private PlaySession? _session;
    private Exception? _ended;

    public Bot Bot => bot;

    /// <summary>Why the session ended before the swarm did, if it did.</summary>
    public Exception? Ended => Volatile.Read(ref _ended);

    public PlaySession? Session => _session;

    public void Play(PlaySession session) => _session = session;

    /// <summary>Sends a frame that the bot has planned. Never waits.</summary>
    public void Send(ReadOnlySpan<Command> frame)
    {
        lock (_gate)
        {
            if (_held is { Count: > 0 } || !_session!.TryPostFrame(frame, out _))
            {
                (_held ??= new Queue<Command[]>()).Enqueue(frame.ToArray());
            }
        }
    }

    public void OnAnswers(ulong first, ReadOnlySpan<Answer> answers)
    {
        var now = clock.Now;
        for (var i = 0; i < answers.Length; i++)
        {
            bot.Take(first + (ulong)i, in answers[i], now);
        }

        if (Volatile.Read(ref _held) is not null)
        {
            SendHeld();
        }
    }

    public void OnDisconnected(int status) => bot.Disconnected(clock.Now);

    public void OnResumed() => bot.Reconnected(clock.Now);

    public void OnSnapshot(in Snapshot snapshot) => bot.Relocate(new Tile(snapshot.X, snapshot.Y), clock.Now);

    public void OnEnded(Exception? reason)
    {
        if (reason is not null)
        {
            Volatile.Write(ref _ended, reason);
            record.SessionEnded($"{bot.Name}: {reason.Message}");
        }
    }

    private void SendHeld()
    {
        lock (_gate)
        {
            while (_held!.TryPeek(out var frame) && _session!.TryPostFrame(frame, out _))
            {
                _held.Dequeue();
            }
        }
    }
}
