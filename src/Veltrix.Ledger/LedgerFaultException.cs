namespace Veltrix.Ledger;

/// <summary>The ledger could not say whether drafts were recorded. Repeat them: what is on disk is answered as repeated.</summary>
[GenerateSerializer, Alias("veltrix.ledger-fault")]
public sealed class LedgerFaultException : Exception
{
    public LedgerFaultException()
    {
    }

    public LedgerFaultException(string message)
        : base(message)
    {
    }

    public LedgerFaultException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
