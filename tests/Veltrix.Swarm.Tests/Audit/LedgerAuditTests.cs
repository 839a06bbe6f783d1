using System.Text;
using Veltrix.Commands.Swarm.Audit;
using Veltrix.Contracts;
using Veltrix.Ledger;
using Veltrix.Swarm.Tests.Bots;
using Veltrix.World;
using CommandKind = Veltrix.Protocol.CommandKind;

namespace Veltrix.Swarm.Tests.Audit;

public sealed class LedgerAuditTests
{
    private readonly FakeHunt _hunt = new(3, "move=40,drop=30,dig=30");
    private readonly List<EntryDraft> _drafts = [];

    public LedgerAuditTests()
    {
        for (var i = 0; i < 300; i++)
        {
            var (command, answer) = _hunt.Step(i % 3);
            if (answer.Result == Protocol.ResultCode.Ok && command.Kind != CommandKind.Move)
            {
                _drafts.Add(Draft(i % 3, (ulong)(i / 3) + 1, command, answer));
            }
        }
    }

    [Fact]
    public void Finish_LedgerAsAcknowledged_HasNothingToSay()
    {
        var (ledger, audit) = Run(Chain(_drafts));

        Assert.Equal("ok", ledger.Chain);
        Assert.Equal(_drafts.Count, ledger.Entries);
        Assert.Equal(ledger.ExpectedEntries, ledger.Entries);
        Assert.Equal(_drafts.Sum(draft => draft.Points), ledger.Points);
        Assert.Equal(ledger.ExpectedPoints, ledger.Points);
        Assert.Equal(0, ledger.Duplicates);
        Assert.Empty(audit.Findings);
    }

    [Fact]
    public void Finish_AcknowledgedScoreIsMissing_NamesThePlayerAndTheSequence()
    {
        var lost = _drafts[10];
        _drafts.RemoveAt(10);

        var (ledger, audit) = Run(Chain(_drafts));

        Assert.Equal("ok", ledger.Chain);
        Assert.Equal(ledger.ExpectedEntries - 1, ledger.Entries);
        Assert.Equal(1, audit.Differences);
        Assert.Contains($"{lost.Player.Value} was acknowledged sequence {lost.Operation.Sequence}", Assert.Single(audit.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_EntryThatNobodyAskedFor_Differs()
    {
        _drafts.Add(_drafts[0] with { Operation = _drafts[0].Operation with { Sequence = 5000 }, Kind = EntryKind.Clue, Treasure = -1, Text = "x" });

        var (ledger, audit) = Run(Chain(_drafts));

        Assert.Equal(ledger.ExpectedEntries + 1, ledger.Entries);
        Assert.Equal(1, audit.Differences);
    }

    [Fact]
    public void Finish_OtherPointsThanAcknowledged_Differs()
    {
        var index = _drafts.FindIndex(draft => draft.Kind == EntryKind.Claim);
        _drafts[index] = _drafts[index] with { Points = _drafts[index].Points + 1 };

        var (ledger, audit) = Run(Chain(_drafts));

        Assert.Equal(ledger.ExpectedPoints + 1, ledger.Points);
        Assert.True(audit.Differences >= 1);
    }

    [Fact]
    public void Finish_OperationTwice_IsADuplicate()
    {
        var clue = _drafts.Find(draft => draft.Kind == EntryKind.Clue)!;
        _drafts.Add(clue);

        Assert.Equal(1, Run(Chain(_drafts)).Ledger.Duplicates);
    }

    [Fact]
    public void Finish_TreasureTwice_IsADuplicate()
    {
        var claim = _drafts.Find(draft => draft.Kind == EntryKind.Claim)!;
        _drafts.Add(claim with { Operation = new OperationId(new SessionId(Guid.ParseExact(new string('f', 32), "N")), 1), Player = new PlayerId("ann") });

        Assert.Equal(1, Run(Chain(_drafts)).Ledger.Duplicates);
    }

    [Fact]
    public void Finish_EntriesOfOthers_AreExpected()
    {
        var others = new SessionId(Guid.ParseExact(new string('e', 32), "N"));
        _drafts.Insert(0, new EntryDraft(new OperationId(others, 1), EntryKind.Claim, new PlayerId("ann"), Tile.At(1, 1), 0, 17, 100_000));
        _drafts.Add(new EntryDraft(new OperationId(others, 2), EntryKind.Correction, new PlayerId("ann"), Tile.At(1, 1), 0, -3));

        var (ledger, audit) = Run(Chain(_drafts));

        Assert.Equal(ledger.ExpectedEntries, ledger.Entries);
        Assert.Equal(ledger.ExpectedPoints, ledger.Points);
        Assert.Equal(0, audit.Differences);
    }

    [Fact]
    public void Finish_EntryOfACommandWhoseAnswerNeverCame_IsExpectedAndExplainsTheClaim()
    {
        var frame = new Protocol.Command[1];
        EntryDraft? late = null;
        for (var sequence = 101UL; late is null; sequence++)
        {
            _hunt.Bots[0].Plan(frame, 0);
            var answer = _hunt.AnswerTo(0, frame[0]);
            if (answer is { Kind: CommandKind.Dig, Result: Protocol.ResultCode.Ok })
            {
                late = Draft(0, sequence, frame[0], answer);
                _hunt.Model.Treasury.Owe(late.Treasure, "somebody saw the hole");
            }
            else
            {
                _hunt.Bots[0].Take(sequence, answer, 1);
                if (answer.Result == Protocol.ResultCode.Ok && frame[0].Kind != CommandKind.Move)
                {
                    _drafts.Add(Draft(0, sequence, frame[0], answer));
                }
            }
        }

        Assert.Single(_hunt.Model.Treasury.Unexplained());
        _drafts.Add(late);
        var (ledger, audit) = Run(Chain(_drafts));

        Assert.Equal(ledger.ExpectedEntries, ledger.Entries);
        Assert.Equal(0, audit.Differences);
        Assert.Empty(_hunt.Model.Treasury.Unexplained());
    }

    [Fact]
    public void Finish_ChangedByte_NamesTheEntry()
    {
        var entries = Chain(_drafts);
        entries[7] = entries[7] with { At = entries[7].At + 1 };

        Assert.Contains("entry 8 of shard 0", Run(entries).Ledger.Chain, StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_ChangedText_NamesTheEntry()
    {
        var entries = Chain(_drafts);
        var index = entries.FindIndex(entry => entry.Content.Kind == EntryKind.Clue);
        entries[index] = entries[index] with { Content = entries[index].Content with { Text = "changed" } };

        Assert.Contains($"entry {index + 1} of shard 0 has a text", Run(entries).Ledger.Chain, StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_ErasedText_KeepsTheChain()
    {
        var entries = Chain(_drafts);
        var index = entries.FindIndex(entry => entry.Content.Kind == EntryKind.Clue);
        entries[index] = entries[index] with { Content = entries[index].Content with { Text = null } };

        Assert.Equal("ok", Run(entries).Ledger.Chain);
    }

    [Fact]
    public void Finish_EntryCutOut_NamesTheOneAfter()
    {
        var entries = Chain(_drafts);
        entries.RemoveAt(4);

        Assert.Contains("entry 6 of shard 0 follows position 4", Run(entries).Ledger.Chain, StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_EntryOfAnotherChain_NamesIt()
    {
        var entries = Chain(_drafts);
        entries[4] = entries[4] with { Previous = entries[3].Previous };

        Assert.Contains("entry 5 of shard 0 does not continue", Run(entries).Ledger.Chain, StringComparison.Ordinal);
    }

    private (Commands.Swarm.Reports.LedgerSummary Ledger, LedgerAudit Audit) Run(IEnumerable<LedgerEntry> entries)
    {
        using var audit = new LedgerAudit(_hunt.Model, _hunt.Bots);
        foreach (var entry in entries)
        {
            audit.Add(entry);
        }

        return (audit.Finish(), audit);
    }

    private EntryDraft Draft(int bot, ulong sequence, Protocol.Command command, Protocol.Answer answer) => new(
        new OperationId(new SessionId(Guid.ParseExact(FakeHunt.SessionOf(bot), "N")), sequence),
        command.Kind == CommandKind.Dig ? EntryKind.Claim : EntryKind.Clue,
        new PlayerId(_hunt.Bots[bot].Name),
        new Tile(command.X, command.Y),
        0,
        answer.Points,
        command.Kind == CommandKind.Dig ? (int)answer.Treasure : -1,
        0,
        command.Text);

    private static List<LedgerEntry> Chain(IEnumerable<EntryDraft> drafts)
    {
        using var chain = new LedgerChain();
        var (entries, previous) = (new List<LedgerEntry>(), LedgerChain.Genesis);
        foreach (var draft in drafts)
        {
            var digest = new byte[draft.Text is null ? 0 : LedgerChain.HashBytes];
            if (draft.Text is not null)
            {
                _ = LedgerChain.DigestText(Encoding.UTF8.GetBytes(draft.Text), digest);
            }

            var hash = new byte[LedgerChain.HashBytes];
            chain.Hash(new HuntId("hunt"), 0, entries.Count + 1, 1000 + entries.Count, draft, digest, previous.AsSpan(), hash);
            entries.Add(new LedgerEntry(new HuntId("hunt"), 0, entries.Count + 1, 1000 + entries.Count, draft, [.. digest], previous, [.. hash]));
            previous = [.. hash];
        }

        return entries;
    }
}
