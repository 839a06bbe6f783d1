using Veltrix.Ledger.Sqlite;

namespace Veltrix.Ledger.Tests.Stores;

public sealed class SqliteLedgerStoreTests : LedgerStoreConformance, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteLedgerStore _store;
    private readonly SqliteLedgerStore _rival;

    public SqliteLedgerStoreTests()
    {
        _store = Drafts.OpenSqlite(_folder.File("ledger.db"));
        _rival = Drafts.OpenSqlite(_folder.File("ledger.db"));
    }

    protected override ILedgerStore Store => _store;

    protected override ILedgerStore Rival => _rival;

    public void Dispose()
    {
        _store.Dispose();
        _rival.Dispose();
        _folder.Dispose();
    }
}
