namespace Veltrix.Protocol.Frames;

/// <summary>A player who came into view. The handle stands for them on this socket until they leave the view.</summary>
public readonly record struct Entered(ushort Handle, ushort X, ushort Y, string Name);

/// <summary>A player in view who walked.</summary>
public readonly record struct Walked(ushort Handle, ushort X, ushort Y);

/// <summary>The pushes to a watching client: who comes into view, walks in it and leaves it. Each frame holds 1 to 64 players.</summary>
public static class ViewFrames
{
    /// <summary>Room that is enough for any frame of this class.</summary>
    public const int MostBytes = 4 + (ProtocolLimits.PlayersListed * (7 + ProtocolLimits.NameCharacters));

    public static int WriteEnter(Span<byte> destination, ReadOnlySpan<Entered> players)
    {
        var writer = Begin(destination, FrameType.Enter, players.Length);
        foreach (ref readonly var player in players)
        {
            writer.U16(player.Handle);
            writer.U16(player.X);
            writer.U16(player.Y);
            writer.Name(player.Name);
        }

        return writer.Written;
    }

    public static int WriteMoved(Span<byte> destination, ReadOnlySpan<Walked> players)
    {
        var writer = Begin(destination, FrameType.Moved, players.Length);
        foreach (ref readonly var player in players)
        {
            writer.U16(player.Handle);
            writer.U16(player.X);
            writer.U16(player.Y);
        }

        return writer.Written;
    }

    public static int WriteLeave(Span<byte> destination, ReadOnlySpan<ushort> handles)
    {
        var writer = Begin(destination, FrameType.Leave, handles.Length);
        foreach (var handle in handles)
        {
            writer.U16(handle);
        }

        return writer.Written;
    }

    /// <summary>Reads an enter frame into players, which has room for <see cref="ProtocolLimits.PlayersListed"/>.</summary>
    public static bool TryReadEnter(ReadOnlySpan<byte> frame, NameCache names, Span<Entered> players, out int count)
    {
        var ok = Begin(frame, FrameType.Enter, out var reader, out count);
        for (var i = 0; ok && i < count && !reader.Failed; i++)
        {
            ushort handle = reader.U16(), x = reader.U16(), y = reader.U16();
            players[i] = new Entered(handle, x, y, names.Get(reader.Bytes(reader.U8())));
        }

        return ok && reader.Complete;
    }

    /// <summary>Reads a moved frame into players, which has room for <see cref="ProtocolLimits.PlayersListed"/>.</summary>
    public static bool TryReadMoved(ReadOnlySpan<byte> frame, Span<Walked> players, out int count)
    {
        var ok = Begin(frame, FrameType.Moved, out var reader, out count);
        for (var i = 0; ok && i < count; i++)
        {
            players[i] = new Walked(reader.U16(), reader.U16(), reader.U16());
        }

        return ok && reader.Complete;
    }

    /// <summary>Reads a leave frame into handles, which has room for <see cref="ProtocolLimits.PlayersListed"/>.</summary>
    public static bool TryReadLeave(ReadOnlySpan<byte> frame, Span<ushort> handles, out int count)
    {
        var ok = Begin(frame, FrameType.Leave, out var reader, out count);
        for (var i = 0; ok && i < count; i++)
        {
            handles[i] = reader.U16();
        }

        return ok && reader.Complete;
    }

    private static ByteWriter Begin(Span<byte> destination, FrameType type, int count)
    {
        if (count is 0 or > ProtocolLimits.PlayersListed)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"A frame holds 1 to {ProtocolLimits.PlayersListed} players.");
        }

        return ServerFrames.Begin(destination, type, (byte)count, 0);
    }

    private static bool Begin(ReadOnlySpan<byte> frame, FrameType type, out ByteReader reader, out int count)
    {
        var ok = ServerFrames.Begin(frame, type, out reader, out var number, out _);
        count = number;
        return ok && count is > 0 and <= ProtocolLimits.PlayersListed;
    }
}
