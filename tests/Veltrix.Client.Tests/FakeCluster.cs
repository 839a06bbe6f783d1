using System.Collections.Concurrent;
using System.Security.Cryptography;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;

namespace Veltrix.Client.Tests;

/// <summary>What the fake gateways of one test share: the sessions, what was applied to them, and what is about to go wrong.</summary>
internal sealed class FakeCluster
{
    public ConcurrentDictionary<string, FakeSession> Sessions { get; } = new(StringComparer.Ordinal);

    /// <summary>The session that a test with one player is about.</summary>
    public FakeSession Session => Assert.Single(Sessions.Values);

    public JoinAnswer Join(string player, int unanswered = ProtocolLimits.Unanswered)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var key = RandomNumberGenerator.GetBytes(ProtocolLimits.KeyBytes);
        var token = "token-" + id;
        Sessions[token] = new FakeSession(key);
        return new JoinAnswer(
            id, "harbour", player, Convert.ToBase64String(key), token, new JoinSpawn(5, 5), new JoinMap("00", 64, 64), "/v1/play",
            new JoinLimits(64, unanswered, 1000, ProtocolLimits.FrameBytes, 600, true), new JoinRules(8, 8, 12, 4), "running");
    }
}

/// <summary>One session as a correct server keeps it: every command applied once, every answer kept until it is confirmed.</summary>
internal sealed class FakeSession(byte[] key)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, Answer> _kept = [];

    public byte[] Key => key;

    public List<Command> Applied { get; } = [];

    /// <summary>The sizes of the frames, in the order in which they came.</summary>
    public List<int> Frames { get; } = [];

    public List<ResumeRequest> Resumes { get; } = [];

    public ConcurrentQueue<bool> Watches { get; } = new();

    public ulong Received { get; private set; }

    public ulong Next => (ulong)Applied.Count + 1;

    /// <summary>How the next frames end: the socket is cut after so many applied frames, without their answers.</summary>
    public Func<int, bool> CutsAfterFrame { get; set; } = _ => false;

    /// <summary>While set, answers wait for it.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>While set, the gateway lives and has no answers.</summary>
    public bool IsMute { get; set; }

    /// <summary>When set, the next resume is answered by a snapshot, and what was kept is gone.</summary>
    public bool Forgets { get; set; }

    /// <summary>When set, the next message of the client is answered by a close with it.</summary>
    public CloseCode? ClosesWith { get; set; }

    /// <summary>Makes the answer to a command.</summary>
    public Func<Command, Answer> Judge { get; set; } = command => command.Kind switch
    {
        CommandKind.Move => Answer.Moved(command.X, command.Y),
        CommandKind.Dig => Answer.Dug(command.X, command.Y),
        CommandKind.Where => Answer.Standing(1, 2, 3),
        CommandKind.Look => Answer.Saw(Sighting.Nothing),
        _ => Answer.Of(command.Kind, ResultCode.Ok),
    };

    public List<(ulong Sequence, Answer Answer)> Apply(CommandFrameHeader header, ReadOnlySpan<Command> commands)
    {
        lock (_gate)
        {
            Assert.True(header.First <= Next, $"A gap: {header.First} came where {Next} was expected.");
            Assert.True(header.Received < Next, "More was confirmed than answered.");
            Frames.Add(header.Count);
            Received = Math.Max(Received, header.Received);
            foreach (var old in _kept.Keys.Where(k => k <= Received).ToList())
            {
                _kept.Remove(old);
            }

            var answers = new List<(ulong, Answer)>();
            for (var i = 0; i < header.Count; i++)
            {
                var sequence = header.First + (ulong)i;
                if (sequence == Next)
                {
                    Applied.Add(commands[i]);
                    _kept[sequence] = Judge(commands[i]);
                }

                answers.Add((sequence, _kept[sequence]));
            }

            return answers;
        }
    }

    public (bool Snapshot, ulong Next, List<(ulong Sequence, Answer Answer)> Missed) Resume(ResumeRequest request)
    {
        lock (_gate)
        {
            Resumes.Add(request);
            var forgot = Forgets;
            Forgets = false;
            return (forgot, Next, forgot ? [] : [.. _kept.Where(k => k.Key > request.LastSequence).Select(k => (k.Key, k.Value))]);
        }
    }
}
