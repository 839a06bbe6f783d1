using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>A viewer that reads the live feed as its page of the API says.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, string> _names = [];
    private readonly byte[] _buffer = new byte[1 << 20];

    public Dictionary<string, (int X, int Y)> Players { get; } = [];

    public List<string> Board { get; private set; } = [];

    public List<string> Finds { get; } = [];

    public string? State { get; private set; }

    public static async Task<LiveClient> ConnectAsync(GatewayHost host, string hunt, string? key = null)
    {
        var client = new LiveClient();
        client._socket.Options.AddSubProtocol("veltrix.live");
        if (key is not null)
        {
            client._socket.Options.AddSubProtocol(key);
        }

        await client._socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"/v1/hunts/{hunt}/live" }.Uri, CancellationToken.None);
        return client;
    }

    /// <summary>Reads until the condition holds.</summary>
    public async Task UntilAsync(Func<LiveClient, bool> condition, string expected)
    {
        using var late = new CancellationTokenSource(RawPlayer.Patience);
        while (!condition(this))
        {
            try
            {
                await ReadAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Expected {expected}; saw players {string.Join(' ', Players)}, finds {string.Join(' ', Finds)}, state {State}.");
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += received.Count;
        }
        while (!received.EndOfMessage);

        if (received.MessageType is WebSocketMessageType.Text)
        {
            ReadEvents(JsonDocument.Parse(_buffer.AsMemory(0, length)).RootElement);
        }
        else
        {
            ReadPlayers(_buffer.AsSpan(0, length));
        }
    }

    private void ReadEvents(JsonElement events)
    {
        State = events.TryGetProperty("state", out var state) ? state.GetString() : State;
        if (events.TryGetProperty("board", out var board))
        {
            Board = [.. board.GetProperty("standings").EnumerateArray().Select(standing => standing.GetProperty("player").GetString()!)];
        }

        if (events.TryGetProperty("finds", out var finds))
        {
            Finds.AddRange(finds.EnumerateArray().Select(find => $"{find.GetProperty("player").GetString()} {find.GetProperty("points").GetInt64()}"));
        }
    }

    private void ReadPlayers(ReadOnlySpan<byte> message)
    {
        if (message[0] == 3)
        {
            return;
        }

        if (message[0] == 1)
        {
            Players.Clear();
            _names.Clear();
        }

        int gone = U16(message, 2), came = U16(message, 4), moved = U16(message, 6), at = 8;
        for (; gone > 0; gone--, at += 2)
        {
            if (_names.Remove(U16(message, at), out var name))
            {
                Players.Remove(name);
            }
        }

        for (; came > 0; came--)
        {
            var name = Encoding.ASCII.GetString(message.Slice(at + 7, message[at + 6]));
            _names[U16(message, at)] = name;
            Players[name] = (U16(message, at + 2), U16(message, at + 4));
            at += 7 + name.Length;
        }

        for (; moved > 0; moved--, at += 6)
        {
            Players[_names[U16(message, at)]] = (U16(message, at + 2), U16(message, at + 4));
        }

        Assert.Equal(message.Length, at);
    }

    private static int U16(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);
}
