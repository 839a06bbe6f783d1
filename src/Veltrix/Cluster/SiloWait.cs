namespace Veltrix.Commands.Cluster;

/// <summary>Lets a gateway that came first wait for a silo, and says so once, and once more for each other reason.</summary>
internal sealed class SiloWait(Action<string> tell) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private string? _told;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!string.Equals(_told, exception.Message, StringComparison.Ordinal))
        {
            _told = exception.Message;
            tell($"Waiting for a silo of the cluster: {exception.Message}");
        }

        await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        return true;
    }
}
