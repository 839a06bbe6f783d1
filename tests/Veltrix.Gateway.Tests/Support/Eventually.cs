using Microsoft.Extensions.DependencyInjection;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Sessions;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>Waits for what a gateway does in its own time.</summary>
internal static class Eventually
{
    /// <summary>Waits until the condition holds; fails with what was expected when it does not within 20 s.</summary>
    public static async Task TrueAsync(Func<bool> condition, string expected)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var tries = 0; tries < 4000; tries++)
        {
            if (condition())
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail($"Expected within 20 s: {expected}.");
    }

    /// <summary>Whether the gateway has told its sockets of the hunt's phase at least once.</summary>
    public static bool IsWatched(this GatewayHost host, string hunt) =>
        host.Services.GetRequiredService<HuntRooms>().All.Any(room => room.Id.Value == hunt && room.PhaseTold is not null);

    public static SessionTable Sessions(this GatewayHost host) => host.Services.GetRequiredService<SessionTable>();
}
