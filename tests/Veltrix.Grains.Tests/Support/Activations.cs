using Orleans.Core.Internal;

namespace Veltrix.Grains.Tests.Support;

/// <summary>Ends activations at a moment that a test chooses. The next call reaches a new one.</summary>
internal static class Activations
{
    public static async Task DeactivateAsync(this IAddressable grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}
