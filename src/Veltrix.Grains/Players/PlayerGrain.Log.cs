using Microsoft.Extensions.Logging;
using Veltrix.World;

namespace Veltrix.Grains.Players;

internal sealed partial class PlayerGrain
{
    [LoggerMessage(1001, LogLevel.Debug, "Player {Player} joined hunt {Hunt}, for the first time: {First}, at {Tile}")]
    private partial void LogJoined(PlayerId player, HuntId hunt, bool first, Tile tile);

    [LoggerMessage(1002, LogLevel.Debug, "Player {Player} resumed in hunt {Hunt} after command {Applied}; every answer is there: {Whole}")]
    private partial void LogResumed(PlayerId player, HuntId hunt, ulong applied, bool whole);

    [LoggerMessage(1003, LogLevel.Debug, "Player {Player} left hunt {Hunt}")]
    private partial void LogLeft(PlayerId player, HuntId hunt);

    [LoggerMessage(1004, LogLevel.Debug, "Player {Player} is gone from hunt {Hunt} until they resume")]
    private partial void LogDeparted(PlayerId player, HuntId hunt);

    [LoggerMessage(1005, LogLevel.Information, "Player {Player} of hunt {Hunt} was known up to command {Known} and goes on after {Adopted}, as gateway or client told")]
    private partial void LogAdopted(PlayerId player, HuntId hunt, ulong known, ulong adopted);

    [LoggerMessage(1006, LogLevel.Warning, "Player {Player} of hunt {Hunt} claims to have answers up to {Received}, but only {Applied} commands were played")]
    private partial void LogImplausible(PlayerId player, HuntId hunt, ulong received, ulong applied);

    // While a database or a silo is away there is one for each try of each player. The gateway warns of the fault when it gives up.
    [LoggerMessage(1007, LogLevel.Debug, "A frame of player {Player} of hunt {Hunt} faulted, commands {First} and {Count} in all; the caller repeats it")]
    private partial void LogFaulted(Exception fault, PlayerId player, HuntId hunt, ulong first, int count);

    [LoggerMessage(1008, LogLevel.Warning, "The checkpoint of player {Player} of hunt {Hunt} could not be saved")]
    private partial void LogSaveFailed(Exception fault, PlayerId player, HuntId hunt);
}
