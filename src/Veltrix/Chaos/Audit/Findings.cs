namespace Veltrix.Commands.Chaos.Audit;

/// <summary>Problems by kind: how many, and the first few in words.</summary>
internal sealed class Findings
{
    private const int Told = 3;

    private readonly SortedDictionary<string, (int Count, List<string> First)> _kinds = new(StringComparer.Ordinal);

    /// <summary>A sentence for each kind.</summary>
    public IEnumerable<string> All => _kinds.Select(kind => $"{kind.Key}: {kind.Value.Count}, such as {string.Join("; ", kind.Value.First)}");

    public void Add(string kind, string what)
    {
        var (count, first) = _kinds.TryGetValue(kind, out var known) ? known : (0, []);
        if (first.Count < Told)
        {
            first.Add(what);
        }

        _kinds[kind] = (count + 1, first);
    }
}
