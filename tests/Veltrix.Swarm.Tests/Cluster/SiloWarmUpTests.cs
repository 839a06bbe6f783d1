using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Contracts;
using Veltrix.Silo.Members;

namespace Veltrix.Swarm.Tests.Cluster;

/// <summary>What a silo makes ready before it counts as started.</summary>
public sealed class SiloWarmUpTests
{
    private static readonly SiloAddress Own = At(1);
    private static readonly SiloAddress Second = At(2);
    private static readonly SiloAddress Third = At(3);
    private static readonly HuntId Picnic = new("picnic");
    private static readonly HuntId Regatta = new("regatta");

    [Fact]
    public async Task Execute_WhereOthersPlay_PreparesEachOfTheirHuntsOnce()
    {
        var hunts = new FakeHunts();

        await WarmUpAsync(new FakeCluster(Own, Second, Third) { Played = { [Second] = [Picnic], [Third] = [Picnic, Regatta] } }, hunts);

        Assert.Equal([Picnic, Regatta], hunts.Prepared.OrderBy(static hunt => hunt.Value));
    }

    [Fact]
    public async Task Execute_WhereOneDoesNotAnswer_PreparesWhatTheOthersPlay()
    {
        var hunts = new FakeHunts();

        await WarmUpAsync(new FakeCluster(Own, Second, Third) { Played = { [Third] = [Regatta] } }, hunts);

        Assert.Equal([Regatta], hunts.Prepared);
    }

    [Fact]
    public async Task Execute_HuntThatCannotBePrepared_DoesNotKeepTheSiloFromStarting()
    {
        var hunts = new FakeHunts { Broken = Picnic };

        await WarmUpAsync(new FakeCluster(Own, Second) { Played = { [Second] = [Picnic, Regatta] } }, hunts);

        Assert.Equal([Regatta], hunts.Prepared);
    }

    [Fact]
    public async Task Execute_HuntThatTakesForEver_DoesNotKeepTheSiloFromStarting()
    {
        var clock = new FakeTimeProvider();

        var warmUp = WarmUpAsync(new FakeCluster(Own, Second) { Played = { [Second] = [Picnic] } }, new FakeHunts { Endless = Picnic }, clock);
        Assert.False(warmUp.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(11));
        await warmUp;
    }

    [Fact]
    public async Task Execute_StartThatIsGivenUp_EndsAtOnce()
    {
        using var givenUp = new CancellationTokenSource();
        var cluster = new FakeCluster(Own, Second) { Played = { [Second] = [Picnic] } };
        var warmUp = new SiloWarmUp(cluster, cluster, new FakeHunts { Endless = Picnic }, new FakeTimeProvider(), NullLogger<SiloWarmUp>.Instance).Execute(givenUp.Token);

        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => warmUp);
    }

    private static Task WarmUpAsync(FakeCluster cluster, FakeHunts hunts, TimeProvider? clock = null) =>
        new SiloWarmUp(cluster, cluster, hunts, clock ?? TimeProvider.System, NullLogger<SiloWarmUp>.Instance).Execute(TestContext.Current.CancellationToken);

    private static SiloAddress At(int port) => SiloAddress.New(IPAddress.Loopback, port, 1);

    private sealed class FakeHunts : IPlayedHunts
    {
        public List<HuntId> Prepared { get; } = [];

        public HuntId? Broken { get; init; }

        public HuntId? Endless { get; init; }

        public ImmutableArray<HuntId> Running => throw new NotSupportedException();

        public Task PrepareAsync(HuntId hunt)
        {
            if (hunt == Broken)
            {
                return Task.FromException(new InvalidOperationException("Its map is not in the store."));
            }

            if (hunt == Endless)
            {
                return new TaskCompletionSource().Task;
            }

            Prepared.Add(hunt);
            return Task.CompletedTask;
        }
    }
}
