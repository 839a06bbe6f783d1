namespace Veltrix.Client;

// How a session finds out that its gateway hangs (see SilenceWatch).
public sealed partial class PlaySession
{
    // Of the watch alone.
    private PlaySocket? _listenedTo;
    private int _heard;
    private int _silentLooks;

    // Set by the watch, taken by the loop.
    private int _gaveUp;

    /// <summary>How many times something came on the present socket.</summary>
    internal int Heard => Volatile.Read(ref _socket)?.Reads ?? 0;

    /// <summary>
    /// Looks whether anything came since the last look. Where commands wait for answers and nothing comes, first a ping goes out, which a gateway that lives answers even
    /// while its cluster does not; then the socket is given up, and the session goes on at another gateway.
    /// </summary>
    internal void Listen()
    {
        PlaySocket? socket;
        lock (_gate)
        {
            socket = _pending.Count > 0 ? _socket : null;
        }

        var heard = socket?.Reads ?? 0;
        if (socket is null || socket != _listenedTo || heard != _heard)
        {
            (_listenedTo, _heard, _silentLooks) = (socket, heard, 0);
            return;
        }

        switch (++_silentLooks)
        {
            case SilenceWatch.Looks:
                _ = PingAsync(socket);
                break;
            case 2 * SilenceWatch.Looks:
                Volatile.Write(ref _gaveUp, 1);
                socket.Abort();
                break;
        }
    }

    private static async Task PingAsync(PlaySocket socket)
    {
        try
        {
            await socket.PingAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            // Whoever reads finds the same.
        }
    }
}
