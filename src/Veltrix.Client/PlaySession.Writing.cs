using System.Buffers;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Client;

// How a session writes: a pump runs while there is something to write, on the thread of whoever gave it the first command. A socket that fails under it is
// left to the loop that reads, which notices by itself.
public sealed partial class PlaySession
{
    [ThreadStatic]
    private static Command[]? _threadCommands;

    // Under the gate.
    private bool StartsPump()
    {
        if (_pumping || _socket is null || (_watching == _watchSent && _sent + 1 == _pending.Next))
        {
            return false;
        }

        _pumping = true;
        return true;
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            PlaySocket socket;
            byte[] buffer;
            int length;
            lock (_gate)
            {
                if (_socket is not { } open || !TryTakeFrame(out buffer!, out length))
                {
                    _pumping = false;
                    return;
                }

                socket = open;
            }

            try
            {
                await socket.SendAsync(buffer, length);
            }
            catch (Exception)
            {
                // Whatever was taken is still pending, and is sent again once the reading loop has come back on another socket.
                socket.Abort();
                lock (_gate)
                {
                    _socket = ReferenceEquals(_socket, socket) ? null : _socket;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // Under the gate, as the signer is for one thread at a time.
    private bool TryTakeFrame(out byte[]? buffer, out int length)
    {
        if (_watching != _watchSent)
        {
            _watchSent = _watching;
            buffer = ArrayPool<byte>.Shared.Rent(PlaySocket.Headroom + WatchFrame.Bytes);
            length = WatchFrame.Write(buffer.AsSpan(PlaySocket.Headroom), _signer, _watching);
            return true;
        }

        var commands = _threadCommands ??= new Command[ProtocolLimits.CommandsPerFrame];
        var count = 0;
        var first = _sent + 1;
        while (count < commands.Length && first + (ulong)count < _pending.Next)
        {
            ref readonly var pending = ref _pending[first + (ulong)count];
            commands[count++] = pending.Command;
            if (pending.EndsFrame && !_options.ShareFrames)
            {
                break;
            }
        }

        buffer = null;
        length = 0;
        if (count == 0)
        {
            return false;
        }

        var taken = commands.AsSpan(0, count);
        buffer = ArrayPool<byte>.Shared.Rent(PlaySocket.Headroom + CommandFrame.Measure(taken));
        length = CommandFrame.Write(buffer.AsSpan(PlaySocket.Headroom), _signer, first, _pending.First - 1, taken);
        _sent += (ulong)count;
        return true;
    }
}
