namespace Veltrix.Commands.Chaos.Audit;

/// <summary>
/// Which answers every player got, counted apart from the players' own books: a session's answers are 1 to n, each once and in order. Told by any thread, of one
/// player by one at a time.
/// </summary>
internal sealed class SessionTally(int players)
{
    private readonly ulong[] _last = new ulong[players];
    private readonly long[] _answers = new long[players];
    private readonly string?[] _holes = new string?[players];

    public void Answered(int player, ulong sequence)
    {
        var expected = _last[player] + 1;
        if (sequence != expected)
        {
            _holes[player] ??= sequence < expected
                ? $"answer {sequence} came again, after answer {expected - 1}"
                : $"answer {expected} never came, answer {sequence} did";
        }

        _last[player] = Math.Max(sequence, _last[player]);
        _answers[player]++;
    }

    /// <summary>What is wrong, in a sentence for each session.</summary>
    /// <param name="sent">how many commands each player sent</param>
    public IEnumerable<string> Holes(IReadOnlyList<(string Player, ulong Sent)> sent)
    {
        for (var i = 0; i < sent.Count; i++)
        {
            var (player, count) = sent[i];
            if (_holes[i] is { } hole)
            {
                yield return $"{player}: {hole}";
            }
            else if ((ulong)_answers[i] != count)
            {
                yield return $"{player}: {count} commands were sent and {_answers[i]} answered";
            }
        }
    }
}
