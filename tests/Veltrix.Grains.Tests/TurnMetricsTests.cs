using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;

namespace Veltrix.Grains.Tests;

/// <summary>How turns are measured. Other tests play on the same silo: figures only grow, and by at least what a test does.</summary>
public sealed class TurnMetricsTests(GrainsCluster cluster)
{
    [Fact]
    public async Task Turns_OfSampledCalls_AreMeasuredAndTheMailboxToo()
    {
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = (instrument, own) => Listen(instrument, own) };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));

        for (var i = 0; i < 16; i++)
        {
            await player.DoAsync(new PlayerCommand(CommandKind.Look));
        }

        Assert.Equal(
            [
                "veltrix.grain.mailbox.depth player", "veltrix.grain.mailbox.depth region", "veltrix.grain.turn.duration player", "veltrix.grain.turn.duration region",
                "veltrix.grain.turn.wait region",
            ],
            seen.Keys.Order(StringComparer.Ordinal));

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.InRange(value, 0, 100);
            seen.AddOrUpdate($"{instrument.Name} {tags[0].Value}", 1, static (_, count) => count + 1);
        }
    }

    [Fact]
    public async Task Calls_OfThisSiloAndFromElsewhere_AreToldApart()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var before = ReadCalls();

        await player.DoAsync(new PlayerCommand(CommandKind.Look));
        var between = ReadCalls();
        var step = new RegionStep(1, CommandKind.Dig, new Tile(9, 9));
        await hunt.Region(step.Tile).ApplyAsync(new RegionRequest(player.Id, hunt.NewSession(), [step], Stands: null) { Mark = CallMark.For(1) });

        Assert.True(between.SameSilo > before.SameSilo, $"{before} {between}");
        Assert.True(ReadCalls().OtherSilo > before.OtherSilo, $"{before} {ReadCalls()}");
    }

    [Fact]
    public void Mark_OfAnotherProcess_KnowsNothing_AndNoMarkChangesWhatARequestSays()
    {
        Assert.Equal((false, null), (default(CallMark).IsLocal, default(CallMark).Waited()));
        Assert.Equal((true, null), (CallMark.For(1).IsLocal, CallMark.For(1).Waited()));
        Assert.True(CallMark.For(16).Waited() >= TimeSpan.Zero);
        var draft = new EntryDraft(new OperationId(default, 16), EntryKind.Clue, new PlayerId("ada"), default, 0, 0);
        Assert.Equal(draft, draft with { Mark = CallMark.For(16) });
    }

    [Theory]
    [InlineData(1, 15, false)]
    [InlineData(1, 16, true)]
    [InlineData(16, 1, true)]
    [InlineData(17, 8, false)]
    [InlineData(30, 8, true)]
    public void Frames_ThatHoldASampledCommand_AreLookedAt(ulong first, int commands, bool sampled) => Assert.Equal(sampled, TurnMetrics.IsSampled(first, commands));

    [Fact]
    public void Tally_ManyThreads_LosesNoCount()
    {
        var tally = new Tally(3);

        Parallel.For(0, 10_000, i => tally.Add(i % 3, 2));

        Assert.Equal((6668, 6666, 6666), (tally.Read(0), tally.Read(1), tally.Read(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => tally.Add(3));
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == TurnMetrics.MeterName)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private (long SameSilo, long OtherSilo) ReadCalls()
    {
        _ = cluster.Silo.GetRequiredService<TurnMetrics>();
        (long Same, long Other) calls = default;
        using var listener = new MeterListener { InstrumentPublished = (instrument, own) => Listen(instrument, own) };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.Contains(new("caller", "same-silo")))
            {
                calls.Same += value;
            }
            else
            {
                calls.Other += value;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return calls;
    }
}
