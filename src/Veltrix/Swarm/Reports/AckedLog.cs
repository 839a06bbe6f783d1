using System.Globalization;
using System.Text;
using Veltrix.Commands.Swarm.Bots;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>
/// A file with one line of JSON for each score that was acknowledged: hunt, player, session, sequence, points, treasure (-1 for a clue). Each
/// line goes to the system before the answer is counted, so that whoever kills processes can compare it with the ledger afterwards.
/// </summary>
internal sealed class AckedLog(string path, string hunt) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Write(Bot bot, in Scored scored)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"hunt\":\"{hunt}\",\"player\":\"{bot.Name}\",\"session\":\"{bot.Session}\",\"sequence\":{scored.Sequence},\"points\":{scored.Points},\"treasure\":{scored.Treasure}}}\n");
        lock (_gate)
        {
            _file.Write(Encoding.UTF8.GetBytes(line));
        }
    }

    public void Dispose() => _file.Dispose();
}
