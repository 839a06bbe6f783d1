using System.Diagnostics.Metrics;

namespace Veltrix.Grains.Players;

/// <summary>What a silo's players do.</summary>
internal sealed class PlayerMetrics
{
    public const string MeterName = "Veltrix.Players";

    private static readonly string[] KindNames = ["none", .. Enum.GetNames<CommandKind>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] ResultNames = [.. Enum.GetNames<CommandResult>().Select(name => name.ToLowerInvariant())];

    private readonly Tally _commands = new(KindNames.Length * ResultNames.Length);
    private readonly Counter<long> _joins;
    private readonly Counter<long> _resumes;
    private readonly Counter<long> _departures;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _adoptions;

    public PlayerMetrics(IMeterFactory meters, TurnMetrics turns)
    {
        Turns = turns;
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("veltrix.player.commands", ReadCommands, "{command}", "Commands that were played, by kind and result");
        _joins = meter.CreateCounter<long>("veltrix.player.joins", "{session}", "Sessions that began");
        _resumes = meter.CreateCounter<long>("veltrix.player.resumes", "{session}", "Sessions that were taken up again, by whether every answer was there");
        _departures = meter.CreateCounter<long>("veltrix.player.departures", "{player}", "Players who were taken out of the world after their socket was gone");
        _faults = meter.CreateCounter<long>("veltrix.player.faults", "{frame}", "Frames that faulted and are to be repeated");
        _adoptions = meter.CreateCounter<long>("veltrix.player.adoptions", "{session}", "Sessions that went on from what gateway or client remembered");

        // What has never happened is shown as 0: an alert needs the value before the first time.
        _faults.Add(0);
        _adoptions.Add(0);
    }

    public TurnMetrics Turns { get; }

    public void Played(CommandKind kind, CommandResult result) => _commands.Add(((int)kind * ResultNames.Length) + (int)result);

    public void Joined() => _joins.Add(1);

    public void Resumed(bool whole) => _resumes.Add(1, new KeyValuePair<string, object?>("answers", whole ? "whole" : "gone"));

    public void Departed() => _departures.Add(1);

    public void Faulted() => _faults.Add(1);

    public void Adopted() => _adoptions.Add(1);

    private IEnumerable<Measurement<long>> ReadCommands()
    {
        for (var cell = 0; cell < _commands.Cells; cell++)
        {
            if (_commands.Read(cell) is > 0 and var count)
            {
                yield return new Measurement<long>(
                    count, new("kind", KindNames[cell / ResultNames.Length]), new("result", ResultNames[cell % ResultNames.Length]));
            }
        }
    }
}
