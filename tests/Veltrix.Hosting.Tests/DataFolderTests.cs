using Microsoft.Data.Sqlite;
using Veltrix.Hosting.Storage;
using Veltrix.Testing.Processes;

namespace Veltrix.Hosting.Tests;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Open_NewFolder_MakesItForTheOwnerOnly()
    {
        using var folder = DataFolder.Open(_temp.Of("data/deep"));

        Assert.Equal(32, folder.Secret.Length);
        Assert.StartsWith("vop_", folder.NewOperatorKey, StringComparison.Ordinal);
        Assert.True(folder.IsOperatorKey(folder.NewOperatorKey!));
        Assert.False(folder.IsOperatorKey(folder.NewOperatorKey + "x"));
        Assert.DoesNotContain(folder.NewOperatorKey!, string.Concat(Directory.GetFiles(folder.Path).Where(Readable).Select(File.ReadAllText)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
            foreach (var file in Directory.GetFiles(folder.Path))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void Open_Again_KeepsTheSecretAndShowsNoKey()
    {
        byte[] secret;
        string key;
        using (var first = DataFolder.Open(_temp.Of("data")))
        {
            (secret, key) = (first.Secret.ToArray(), first.NewOperatorKey!);
        }

        using var second = DataFolder.Open(_temp.Of("data"));

        Assert.Equal(secret, second.Secret.ToArray());
        Assert.Null(second.NewOperatorKey);
        Assert.True(second.IsOperatorKey(key));
    }

    [Fact]
    public void Open_WhileItIsHeld_IsRefusedWithFolderAndProcess()
    {
        using var held = DataFolder.Open(_temp.Of("data"));

        var problem = Assert.Throws<DataFolderException>(() => DataFolder.Open(_temp.Of("data")));

        Assert.Contains(held.Path, problem.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AFile_IsRefusedInOneSentence()
    {
        File.WriteAllText(_temp.Of("file"), "");

        Assert.Contains("cannot be used", Assert.Throws<DataFolderException>(() => DataFolder.Open(_temp.Of("file"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ATruncatedSecret_IsRefused()
    {
        using (DataFolder.Open(_temp.Of("data")))
        {
        }

        File.WriteAllBytes(_temp.Of("data/secret"), [1, 2, 3]);

        Assert.Contains("holds 3 bytes", Assert.Throws<DataFolderException>(() => DataFolder.Open(_temp.Of("data"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenWriter_AFileOfANewerVersion_IsRefused()
    {
        SqliteFile.OpenWriter(_temp.Of("x.db"), "FULL", ["CREATE TABLE a (b)", "CREATE TABLE c (d)"]).Dispose();

        var problem = Assert.Throws<DataFolderException>(() => SqliteFile.OpenWriter(_temp.Of("x.db"), "FULL", ["CREATE TABLE a (b)"]));

        Assert.Contains("newer Veltrix", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenWriter_AFailingScript_LeavesTheOldSchema()
    {
        Assert.Throws<SqliteException>(() => SqliteFile.OpenWriter(_temp.Of("x.db"), "FULL", ["CREATE TABLE a (b)", "CREATE TABLE a (b)"]));

        SqliteFile.OpenWriter(_temp.Of("x.db"), "FULL", ["CREATE TABLE a (b)", "CREATE TABLE c (d)"]).Dispose();
    }

    // The lock file itself cannot be read while it is held.
    private static bool Readable(string path) => !path.EndsWith("veltrix.lock", StringComparison.Ordinal);
}
