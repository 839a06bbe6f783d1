using System.Text;

namespace Veltrix.Ledger;

/// <summary>What every store asks of a group before it writes.</summary>
internal static class GroupRules
{
    /// <exception cref="ArgumentException">a draft cannot be stored; the message says why</exception>
    public static void Check(CommitGroup group, int maxTextBytes)
    {
        CheckName(group.Hunt.Value, least: 1, "hunt");
        ArgumentOutOfRangeException.ThrowIfNegative(group.Shard);
        foreach (var draft in group.Drafts)
        {
            CheckName(draft.Player.Value, least: draft.Kind == EntryKind.Seal ? 0 : 1, "player");
            if (draft.Kind is < EntryKind.Claim or > EntryKind.Seal)
            {
                throw new ArgumentException($"An entry cannot be of the kind {(byte)draft.Kind}.", nameof(group));
            }

            if (draft.Text is { } text && Encoding.UTF8.GetByteCount(text) > maxTextBytes)
            {
                throw new ArgumentException($"A text has more than {maxTextBytes} bytes; LedgerOptions.MaxTextBytes allows more.", nameof(group));
            }
        }
    }

    private static void CheckName(string name, int least, string what)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        if (length < least || length > LedgerChain.MaxNameBytes)
        {
            throw new ArgumentException($"The {what}'s name has {length} bytes: give {least} to {LedgerChain.MaxNameBytes}.", nameof(name));
        }
    }
}
