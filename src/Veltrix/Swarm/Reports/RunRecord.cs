using System.Collections.Concurrent;
using Veltrix.Commands.Swarm.Bots;
using Veltrix.Protocol;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>What happened in a run, counted by all threads at once.</summary>
internal sealed class RunRecord(AckedLog? acked = null, ISwarmWatch? watch = null)
{
    /// <summary>How many wrong answers are kept word by word.</summary>
    public const int WrongKept = 20;

    private readonly long[] _results = new long[(int)ResultNames.Last + 1];
    private readonly ConcurrentQueue<string> _wrongs = new();
    private long _from = long.MaxValue;
    private long _to = long.MaxValue;
    private long _sent;
    private long _acked;
    private long _ackedInWindow;
    private long _lost;
    private long _wrong;
    private long _reconnects;
    private long _ended;

    public Latencies Latencies { get; } = new();

    public long Sent => Volatile.Read(ref _sent);

    public long Acked => Volatile.Read(ref _acked);

    /// <summary>Answers that arrived inside of the measured window.</summary>
    public long AckedInWindow => Volatile.Read(ref _ackedInWindow);

    /// <summary>Commands whose answers the server no longer had.</summary>
    public long LostAnswers => Volatile.Read(ref _lost);

    /// <summary>What was sent and has no answer yet.</summary>
    public long Outstanding => Sent - Acked - LostAnswers;

    public long Wrongs => Volatile.Read(ref _wrong);

    public long Reconnects => Volatile.Read(ref _reconnects);

    /// <summary>Sessions that could not go on.</summary>
    public long EndedSessions => Volatile.Read(ref _ended);

    /// <summary>The first wrong answers, each with its command, what was expected and what was seen.</summary>
    public IReadOnlyCollection<string> FirstWrongs => _wrongs;

    /// <summary>Told of each wrong answer that is kept.</summary>
    public Action<string>? OnWrong { get; init; }

    /// <summary>Says what is measured: commands that are due, and answers that arrive, between these times.</summary>
    public void Measure(long from, long to)
    {
        Volatile.Write(ref _to, to);
        Volatile.Write(ref _from, from);
    }

    public void SentFrame(int commands, long due, long now)
    {
        Interlocked.Add(ref _sent, commands);
        if (IsMeasured(due))
        {
            Latencies.SentLate(now - due);
        }
    }

    public void Answered(int player, ulong sequence, in Pending asked, ResultCode result, long arrived)
    {
        watch?.Answered(player, sequence, asked, arrived);
        Interlocked.Increment(ref _acked);
        Interlocked.Increment(ref _results[(int)result]);
        Latencies.Live(arrived - asked.Due);
        if (IsMeasured(arrived))
        {
            Interlocked.Increment(ref _ackedInWindow);
        }

        if (IsMeasured(asked.Due))
        {
            Latencies.Measured(arrived - asked.Due);
        }
    }

    public void Lost(in Pending asked) => Interlocked.Increment(ref _lost);

    /// <summary>At the end: what was not answered counts with its age.</summary>
    public void Unanswered(in Pending asked, long now)
    {
        watch?.Unanswered(asked.Due, now);
        if (IsMeasured(asked.Due))
        {
            Latencies.Measured(now - asked.Due);
        }
    }

    /// <summary>A session that ended before the swarm did.</summary>
    public void SessionEnded(string reason)
    {
        if (Interlocked.Increment(ref _ended) <= WrongKept)
        {
            OnWrong?.Invoke($"session ended: {reason}");
        }
    }

    public void Reconnected() => Interlocked.Increment(ref _reconnects);

    public void Scored(Bot bot, in Scored scored) => acked?.Write(bot, scored);

    public void Wrong(string sentence)
    {
        if (Interlocked.Increment(ref _wrong) <= WrongKept)
        {
            _wrongs.Enqueue(sentence);
            OnWrong?.Invoke(sentence);
        }
    }

    /// <summary>Counts what a check found at once, of which the first are told.</summary>
    public void Wrong(long count, IReadOnlyList<string> first)
    {
        foreach (var sentence in first)
        {
            Wrong(sentence);
        }

        Interlocked.Add(ref _wrong, Math.Max(0, count - first.Count));
    }

    /// <summary>What was refused, by reason.</summary>
    public SortedDictionary<string, long> Rejected()
    {
        var rejected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 1; i < _results.Length; i++)
        {
            if (_results[i] > 0)
            {
                rejected.Add(ResultNames.Of((ResultCode)i), _results[i]);
            }
        }

        return rejected;
    }

    private bool IsMeasured(long time) => time >= Volatile.Read(ref _from) && time < Volatile.Read(ref _to);
}
