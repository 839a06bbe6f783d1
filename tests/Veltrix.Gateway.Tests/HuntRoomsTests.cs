using Microsoft.Extensions.DependencyInjection;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Tests.Support;

namespace Veltrix.Gateway.Tests;

public sealed class HuntRoomsTests
{
    private static readonly HuntId Harbour = new("harbour");

    [Fact]
    public async Task FindAsync_WhileAnotherWaits_AsksOnceForAll()
    {
        await using var host = await GatewayHost.StartAsync();
        var hunt = host.Grains.Run("harbour");
        var held = new TaskCompletionSource();
        hunt.Held = held.Task;
        var rooms = host.Services.GetRequiredService<HuntRooms>();

        var found = Enumerable.Range(0, 100).Select(_ => rooms.FindAsync(Harbour).AsTask()).ToArray();
        held.SetResult();

        Assert.Single((await Task.WhenAll(found)).Distinct());
        Assert.Equal(1, hunt.Gets);
    }

    [Fact]
    public async Task FindAsync_WhereTheAnswerFails_TellsAllAndAsksTheNextTimeAgain()
    {
        await using var host = await GatewayHost.StartAsync();
        var hunt = host.Grains.Run("harbour");
        var held = new TaskCompletionSource();
        hunt.Held = held.Task;
        var rooms = host.Services.GetRequiredService<HuntRooms>();

        var (first, second) = (rooms.FindAsync(Harbour).AsTask(), rooms.FindAsync(Harbour).AsTask());
        held.SetException(new TimeoutException("The cluster does not answer."));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        await Assert.ThrowsAsync<TimeoutException>(() => second);
        hunt.Held = Task.CompletedTask;

        Assert.NotNull(await rooms.FindAsync(Harbour));
    }

    [Fact]
    public async Task FindAsync_OfOneWhoWaitsNoLonger_GoesOnForTheOthers()
    {
        await using var host = await GatewayHost.StartAsync();
        var hunt = host.Grains.Run("harbour");
        var held = new TaskCompletionSource();
        hunt.Held = held.Task;
        var rooms = host.Services.GetRequiredService<HuntRooms>();
        using var gone = new CancellationTokenSource();

        var (first, second) = (rooms.FindAsync(Harbour, gone.Token).AsTask(), rooms.FindAsync(Harbour).AsTask());
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.SetResult();

        Assert.NotNull(await second);
    }
}
