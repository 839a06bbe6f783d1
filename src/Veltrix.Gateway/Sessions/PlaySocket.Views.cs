using System.Buffers;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Json;

namespace Veltrix.Gateway.Sessions;

/// <summary>How pushes of what comes into view are encoded. Each is 1 to 64 players.</summary>
internal sealed partial class PlaySocket
{
    public OutgoingMessage EncodeEnter(List<Entered> players)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteEnter(json.Writer, Seen(players));
            return json.End();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ViewFrames.MostBytes);
        return new OutgoingMessage(buffer, ViewFrames.WriteEnter(buffer, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(players)));
    }

    public OutgoingMessage EncodeMoved(List<Entered> players)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteMoved(json.Writer, Seen(players));
            return json.End();
        }

        Span<Walked> walked = stackalloc Walked[players.Count];
        for (var i = 0; i < walked.Length; i++)
        {
            walked[i] = new Walked(players[i].Handle, players[i].X, players[i].Y);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ViewFrames.MostBytes);
        return new OutgoingMessage(buffer, ViewFrames.WriteMoved(buffer, walked));
    }

    public OutgoingMessage EncodeLeave(List<Entered> players)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteLeave(json.Writer, [.. players.Select(player => player.Name)]);
            return json.End();
        }

        Span<ushort> handles = stackalloc ushort[players.Count];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = players[i].Handle;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ViewFrames.MostBytes);
        return new OutgoingMessage(buffer, ViewFrames.WriteLeave(buffer, handles));
    }

    private static Veltrix.Protocol.SeenPlayer[] Seen(List<Entered> players) =>
        [.. players.Select(player => new Veltrix.Protocol.SeenPlayer(player.Name, player.X, player.Y))];
}
