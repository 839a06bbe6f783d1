namespace Veltrix.Hosting.Threads;

/// <summary>
/// The threads for maps of one process, whether it is a silo, a gateway or both. Half of the processors, so that any number of uploads and pictures leaves the
/// other half to the players; two at least, so that one large upload does not hold up everybody's pictures.
/// </summary>
public sealed class MapThreads : IMapThreads, IDisposable
{
    private readonly OwnThreads _threads = new("maps", Math.Max(2, Environment.ProcessorCount / 2));

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default) => _threads.RunAsync(work, cancellationToken);

    public void Dispose() => _threads.Dispose();
}
