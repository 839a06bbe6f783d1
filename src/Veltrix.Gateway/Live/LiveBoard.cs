using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Veltrix.Gateway.Boards;
using Veltrix.Gateway.Hunts;

namespace Veltrix.Gateway.Live;

/// <summary>The part of a live feed that is text: finds as they happen, the board, the figures, and the hunt's course. For one thread at a time.</summary>
internal sealed partial class LiveBoard(HuntRoom room, IGrainFactory grains, ILogger logger)
{
    private const int Top = 10;
    private const int RecentFinds = 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Queue<LiveFind> _recent = new();
    private Task<BoardPage>? _asking;
    private BoardShape? _board;
    private BoardShape? _boardShown;
    private LiveFigures? _figures;
    private LiveFigures? _figuresShown;
    private string? _stateShown;
    private byte[]? _whole;

    /// <summary>Takes the second's figures, and asks the board's grain for the next second.</summary>
    public void Refresh(Figures figures, int players, int viewers)
    {
        _figures = new LiveFigures(
            players, Math.Round(figures.AnswersPerSecond, 1), Math.Round(figures.P50, 2), Math.Round(figures.P99, 2), viewers);
        if (_asking is { IsCompletedSuccessfully: true })
        {
            _board = BoardShape.Of(_asking.Result);
        }
        else if (_asking is { IsFaulted: true, Exception: { } fault })
        {
            LogBoardFailed(logger, fault, room.Id);
        }

        if (_asking is null or { IsCompleted: true })
        {
            _asking = grains.Board(room.Id).TopAsync(Top).AsTask();
        }
    }

    /// <summary>What viewers have not been told; null when there is nothing new.</summary>
    public byte[]? Events((Find Find, DateTimeOffset At)[] finds)
    {
        LiveFind[]? news = finds.Length == 0
            ? null
            : [.. finds.Select(find => new LiveFind(find.Find.Player.Value, find.Find.Tile.X, find.Find.Tile.Y, find.Find.Points, find.At))];
        foreach (var find in news ?? [])
        {
            _recent.Enqueue(find);
            if (_recent.Count > RecentFinds)
            {
                _recent.Dequeue();
            }
        }

        var state = HuntShape.StateOf(room.Phase);
        if (news is null && _board == _boardShown && _figures == _figuresShown && state == _stateShown)
        {
            return null;
        }

        var events = new LiveEvents(
            state == _stateShown ? null : state, news, _board == _boardShown ? null : _board, _figures == _figuresShown ? null : _figures);
        (_stateShown, _boardShown, _figuresShown) = (state, _board, _figures);
        _whole = null;
        return JsonSerializer.SerializeToUtf8Bytes(events, Json);
    }

    /// <summary>All of it, for a viewer who has just come.</summary>
    public byte[] Whole() =>
        _whole ??= JsonSerializer.SerializeToUtf8Bytes(new LiveEvents(HuntShape.StateOf(room.Phase), [.. _recent], _board, _figures), Json);

    [LoggerMessage(4204, LogLevel.Debug, "Hunt {Hunt}: the board does not answer; it is asked again")]
    private static partial void LogBoardFailed(ILogger logger, Exception fault, HuntId hunt);
}

/// <summary>A live message in JSON; what is left out has not changed.</summary>
/// <param name="State">scheduled, running or over</param>
/// <param name="Finds">finds since the message before, oldest first</param>
/// <param name="Board">the first ten</param>
/// <param name="Figures">the last second's</param>
internal sealed record LiveEvents(string? State, LiveFind[]? Finds, BoardShape? Board, LiveFigures? Figures);

internal sealed record LiveFind(string Player, int X, int Y, long Points, DateTimeOffset At);

/// <param name="Players">players in the world</param>
/// <param name="AnswersPerSecond">commands that this gateway answered a second</param>
/// <param name="P50">milliseconds in which half of them were answered</param>
/// <param name="P99">milliseconds in which 99 of 100 were answered</param>
/// <param name="Viewers">viewers of this hunt at this gateway</param>
internal sealed record LiveFigures(int Players, double AnswersPerSecond, double P50, double P99, int Viewers);
