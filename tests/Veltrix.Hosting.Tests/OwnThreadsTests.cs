using System.Collections.Concurrent;
using Veltrix.Hosting.Threads;

namespace Veltrix.Hosting.Tests;

public class OwnThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_Work_RunsOffThePoolAndGivesItsResult()
    {
        using var threads = new OwnThreads("tests", 2);

        var (name, pooled) = await threads.RunAsync(() => (Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread), Ended);

        Assert.Equal(("tests", false), (name, pooled));
    }

    [Fact]
    public async Task RunAsync_WorkThatThrows_ThrowsItToTheCallerAndGoesOn()
    {
        using var threads = new OwnThreads("tests", 1);

        var problem = await Assert.ThrowsAsync<IOException>(() => threads.RunAsync(() => throw new IOException("The disk is full."), Ended));

        Assert.Equal("The disk is full.", problem.Message);
        Assert.Equal(7, await threads.RunAsync(() => 7, Ended));
    }

    [Fact]
    public async Task RunAsync_MoreWorkThanMayRunAtOnce_IsDoneByThatManyThreads()
    {
        using var threads = new OwnThreads("tests", 3);
        using var release = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        var used = new ConcurrentDictionary<int, bool>();
        int running = 0, most = 0;
        var works = Enumerable.Range(0, 40).Select(_ => threads.RunAsync(
            () =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                used[Environment.CurrentManagedThreadId] = true;
                begun.Release();
                Assert.True(release.Wait(Patience, Ended));
                Interlocked.Decrement(ref running);
            },
            Ended)).ToArray();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await begun.WaitAsync(Patience, Ended), $"Only {i} of 3 threads began.");
        }

        release.Set();
        await Task.WhenAll(works);

        Assert.Equal((3, 3), (most, used.Count));
    }

    [Fact]
    public async Task RunAsync_FromASchedulerLikeAGrains_RunsOutsideOfItAndComesBack()
    {
        using var threads = new OwnThreads("tests", 1);
        var grain = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var call = new AsyncLocal<string> { Value = "the caller's" };

        var (before, inside, seen, after) = await Task.Factory.StartNew(
            async () =>
            {
                var asked = TaskScheduler.Current;
                var (scheduler, value) = await threads.RunAsync(() => (TaskScheduler.Current, call.Value), Ended);
                return (asked, scheduler, value, TaskScheduler.Current);
            },
            Ended,
            TaskCreationOptions.None,
            grain).Unwrap();

        Assert.Same(grain, before);
        Assert.Same(TaskScheduler.Default, inside);
        Assert.Null(seen);
        Assert.Same(grain, after);
    }

    [Fact]
    public async Task RunAsync_TakenBackWhileItWaits_NeverBegins()
    {
        using var threads = new OwnThreads("tests", 1);
        using var release = new ManualResetEventSlim();
        using var taken = new CancellationTokenSource();
        var first = threads.RunAsync(() => release.Wait(Patience, Ended), Ended);
        var began = false;
        var second = threads.RunAsync(() => began = true, taken.Token);

        await taken.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => second);
        release.Set();

        Assert.True(await first);
        await threads.RunAsync(() => { }, Ended);
        Assert.False(began);
    }

    [Fact]
    public async Task Dispose_WhileOneRunsAndOneWaits_FinishesTheFirstAndRefusesTheSecond()
    {
        var threads = new OwnThreads("tests", 1);
        using var begun = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var finished = false;
        var first = threads.RunAsync(
            () =>
            {
                begun.Release();
                Assert.True(release.Wait(Patience, Ended));
                Volatile.Write(ref finished, true);
            },
            Ended);
        Assert.True(await begun.WaitAsync(Patience, Ended));
        var second = threads.RunAsync(() => 7, Ended);

        var ending = Task.Run(threads.Dispose, Ended);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second);
        Assert.False(ending.IsCompleted);
        release.Set();
        await ending;

        Assert.True(Volatile.Read(ref finished));
        await first;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.RunAsync(() => 8, Ended));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            _ = Interlocked.CompareExchange(ref most, now, seen);
        }
    }
}
