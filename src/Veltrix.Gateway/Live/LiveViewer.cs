using System.Net.WebSockets;

namespace Veltrix.Gateway.Live;

/// <summary>One viewer of a hunt. At most one turn's messages are under way to them; turns that they miss cost them nothing but a whole picture.</summary>
internal sealed class LiveViewer(WebSocket webSocket, TimeProvider clock, TimeSpan patience)
{
    private int _sending;
    private long _began;
    private volatile bool _needsPicture = true;

    public bool NeedsPicture => _needsPicture;

    public bool IsFree => Volatile.Read(ref _sending) == 0;

    /// <summary>Sends a turn's messages, or, while the turn before is still under way, notes that a whole picture is needed. Called by the feed only.</summary>
    public void Show(byte[]? players, byte[]? holes, byte[]? events)
    {
        if (!IsFree)
        {
            _needsPicture = true;
            if (clock.GetElapsedTime(Volatile.Read(ref _began)) > patience)
            {
                webSocket.Abort();
            }

            return;
        }

        var isPicture = holes is not null;
        if (_needsPicture && !isPicture)
        {
            return;
        }

        _needsPicture = false;
        if (players is not null || events is not null)
        {
            Volatile.Write(ref _sending, 1);
            Volatile.Write(ref _began, clock.GetTimestamp());
            _ = SendAsync(players, holes, events);
        }
    }

    /// <summary>Waits for the viewer to go; what they send is not read.</summary>
    public async Task WaitAsync(CancellationToken aborted)
    {
        var nothing = new byte[128];
        try
        {
            while ((await webSocket.ReceiveAsync(nothing.AsMemory(), aborted)).MessageType is not WebSocketMessageType.Close)
            {
            }

            await webSocket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The viewer is gone.
        }
    }

    private async Task SendAsync(byte[]? players, byte[]? holes, byte[]? events)
    {
        try
        {
            if (players is not null)
            {
                await webSocket.SendAsync(players, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            }

            if (holes is not null)
            {
                await webSocket.SendAsync(holes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            }

            if (events is not null)
            {
                await webSocket.SendAsync(events, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            webSocket.Abort();
        }
        finally
        {
            Volatile.Write(ref _sending, 0);
        }
    }
}
