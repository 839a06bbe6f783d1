using System.Net;
using System.Net.Sockets;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Sockets;
using Veltrix.World;

namespace Veltrix.Swarm.Tests.Sockets;

public sealed class SocketLoopTests : IDisposable
{
    private readonly SocketLoop _loop = new(new SwarmClock(TimeProvider.System), spin: false);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SocketLoopTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private IPEndPoint Here => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose()
    {
        _loop.Dispose();
        _listener.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_SentInPiecesOfAnySize_AreReadInOrder(bool spin)
    {
        using var loop = new SocketLoop(new SwarmClock(TimeProvider.System), spin);
        var (stream, peer) = await PairAsync(loop);
        await using var _ = stream;
        using var __ = peer;
        var sending = Task.Run(
            async () =>
            {
                var next = 0;
                for (var i = 1; i <= 400; i++)
                {
                    var piece = new byte[i * 7 % 97 + 1];
                    foreach (ref var one in piece.AsSpan())
                    {
                        one = (byte)next++;
                    }

                    await peer.SendAsync(piece, Ended);
                }

                peer.Shutdown(SocketShutdown.Send);
                return next;
            },
            Ended);
        var buffer = new byte[64];
        var seen = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Ended)) > 0)
        {
            for (var i = 0; i < read; i++)
            {
                Assert.Equal((byte)seen++, buffer[i]);
            }
        }

        Assert.Equal(await sending, seen);
        Assert.Equal(0, await stream.ReadAsync(buffer, Ended));
    }

    [Fact]
    public async Task Read_ThatFoundNothing_IsCompletedOnTheThreadOfTheLoop()
    {
        var (stream, peer) = await PairAsync();
        await using var _ = stream;
        using var __ = peer;
        var loop = await _loop.RunAsync(() => Environment.CurrentManagedThreadId);
        var reading = ReadThenThreadAsync(stream);
        await peer.SendAsync(new byte[1], Ended);
        Assert.Equal(loop, await reading.WaitAsync(Ended));
    }

    [Fact]
    public async Task Work_ThatWaits_StillTakesWhatComes()
    {
        var (stream, peer) = await PairAsync();
        await using var _ = stream;
        using var __ = peer;
        var reading = ReadThenThreadAsync(stream);
        await _loop.RunAsync(() =>
        {
            peer.Send(new byte[1]);
            var until = _loop.Now + (10 * Nanoseconds.PerSecond);
            while (!reading.IsCompleted && _loop.Now < until)
            {
                _loop.WaitUntil(until);
            }

            return 0;
        });
        Assert.True(reading.IsCompletedSuccessfully, "the read was not completed while the work waited");
    }

    [Fact]
    public async Task Write_ThatThePeerDoesNotTake_WaitsAndIsWhole()
    {
        var (stream, peer) = await PairAsync();
        await using var _ = stream;
        using var __ = peer;
        var bytes = new byte[16 * 1024 * 1024];
        var random = new SeededRandom(7);
        foreach (ref var one in bytes.AsSpan())
        {
            one = (byte)random.Next(256);
        }

        var writing = stream.WriteAsync(bytes, CancellationToken.None).AsTask();
        Assert.False(writing.IsCompleted);
        var taken = new byte[bytes.Length];
        for (var got = 0; got < taken.Length;)
        {
            got += await peer.ReceiveAsync(taken.AsMemory(got), Ended);
        }

        await writing.WaitAsync(Ended);
        Assert.True(bytes.AsSpan().SequenceEqual(taken));
    }

    [Fact]
    public async Task Stream_ClosedWhileItIsRead_EndsTheReadAsALoss()
    {
        var (stream, peer) = await PairAsync();
        using var _ = peer;
        var reading = stream.ReadAsync(new byte[8], CancellationToken.None).AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(Ended));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[8], CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task Read_Cancelled_EndsAsCancelled()
    {
        var (stream, peer) = await PairAsync();
        await using var _ = stream;
        using var __ = peer;
        using var cancelling = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[8], cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Ended));
    }

    [Fact]
    public async Task Peer_ThatResets_EndsTheReadAsALoss()
    {
        var (stream, peer) = await PairAsync();
        await using var _ = stream;
        var reading = stream.ReadAsync(new byte[8], CancellationToken.None).AsTask();
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Ended));
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_IsRefused()
    {
        var nobody = Here;
        _listener.Dispose();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(async () => await _loop.ConnectAsync(socket, nobody, Ended));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static async Task<int> ReadThenThreadAsync(Stream stream)
    {
        Assert.Equal(1, await stream.ReadAsync(new byte[8], CancellationToken.None));
        return Environment.CurrentManagedThreadId;
    }

    private Task<(Stream Stream, Socket Peer)> PairAsync() => PairAsync(_loop);

    private async Task<(Stream Stream, Socket Peer)> PairAsync(SocketLoop loop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var stream = await loop.ConnectAsync(socket, Here, Ended);
        return (stream, await _listener.AcceptAsync(Ended));
    }
}
