using System.Runtime.InteropServices;
using Veltrix.World;

namespace Veltrix.Grains.Players;

/// <summary>Puts together what an eye sees of several regions: whole counts are added, of the lists the nearest are kept.</summary>
internal static class Sightings
{
    public static Sighting Merge(Sighting one, Sighting other, Tile eye) => new(
        one.PlayerCount + other.PlayerCount,
        one.ClueCount + other.ClueCount,
        one.MarkCount + other.MarkCount,
        Merge(one.Players, other.Players, Sighting.MaxPlayers, new PlayersFirst(eye)),
        Merge(one.Clues, other.Clues, Sighting.MaxClues, new CluesFirst(eye)),
        Merge(one.Marks, other.Marks, Sighting.MaxMarks, new MarksFirst(eye)));

    private static ImmutableArray<T> Merge<T, TOrder>(ImmutableArray<T> one, ImmutableArray<T> other, int most, TOrder order)
        where TOrder : struct, IComparer<T>
    {
        if (one.IsEmpty || other.IsEmpty)
        {
            return one.IsEmpty ? other : one;
        }

        var merged = new T[Math.Min(most, one.Length + other.Length)];
        for (int i = 0, j = 0, at = 0; at < merged.Length; at++)
        {
            merged[at] = j == other.Length || (i < one.Length && order.Compare(one[i], other[j]) <= 0) ? one[i++] : other[j++];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(merged);
    }

    /// <summary>Distance, then row, then column.</summary>
    private static int Compare(Tile eye, Tile one, Tile other)
    {
        var order = eye.SquaredDistanceTo(one).CompareTo(eye.SquaredDistanceTo(other));
        order = order != 0 ? order : one.Y.CompareTo(other.Y);
        return order != 0 ? order : one.X.CompareTo(other.X);
    }

    private readonly struct PlayersFirst(Tile eye) : IComparer<SeenPlayer>
    {
        public int Compare(SeenPlayer x, SeenPlayer y)
        {
            var order = Sightings.Compare(eye, x.Tile, y.Tile);
            return order != 0 ? order : string.CompareOrdinal(x.Player.Value, y.Player.Value);
        }
    }

    // Clues of one tile lie in one region, which has put them in order.
    private readonly struct CluesFirst(Tile eye) : IComparer<SeenClue>
    {
        public int Compare(SeenClue x, SeenClue y) => Sightings.Compare(eye, x.Tile, y.Tile);
    }

    private readonly struct MarksFirst(Tile eye) : IComparer<Tile>
    {
        public int Compare(Tile x, Tile y) => Sightings.Compare(eye, x, y);
    }
}
