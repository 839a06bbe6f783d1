namespace Veltrix.Contracts;

/// <summary>
/// Where a process reads, makes, draws and packs maps, which takes a processor for up to seconds: beside the thread pool, whose few threads serve all
/// grains and sockets, and few at a time.
/// </summary>
public interface IMapThreads
{
    /// <summary>
    /// Runs work on one of these threads. It belongs to no grain: it must not touch a grain's state, and who awaits it goes on where they were, a grain in
    /// its own turn.
    /// </summary>
    /// <param name="work">what to do</param>
    /// <param name="cancellationToken">takes the work back as long as it waits; what has begun goes to its end</param>
    Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default);
}
