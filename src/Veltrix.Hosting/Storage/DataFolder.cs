using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Veltrix.Hosting.Storage;

/// <summary>
/// The folder that one process keeps everything in: the databases, a lock, the secret that tokens are signed with and the digest of the
/// operator's key. Whoever holds it is alone in it until it is disposed or dead.
/// </summary>
public sealed class DataFolder : IDisposable
{
    internal const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string KeyPrefix = "vop_";
    private const int SecretBytes = 32;

    private readonly FileStream _lock;
    private readonly byte[] _secret;
    private readonly byte[] _operatorKeyDigest;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
        _secret = ReadOrCreate("secret", () => RandomNumberGenerator.GetBytes(SecretBytes));
        _operatorKeyDigest = ReadOrCreate("operator-key.sha256", () =>
        {
            NewOperatorKey = KeyPrefix + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
            return Digest(NewOperatorKey);
        });
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    public string LedgerFile => LedgerFileIn(Path);

    public string GrainsFile => System.IO.Path.Combine(Path, "grains.db");

    public string StateFile => System.IO.Path.Combine(Path, "state.db");

    /// <summary>32 random bytes that stay the same as long as the folder lives.</summary>
    public ReadOnlyMemory<byte> Secret => _secret;

    /// <summary>The SHA-256 digest of the operator's key.</summary>
    public ReadOnlyMemory<byte> OperatorKeyDigest => _operatorKeyDigest;

    /// <summary>
    /// The operator's key, when this start made it; else null. Only its digest is kept, so this is the one time to show it. If it gets lost, delete
    /// the file <c>operator-key.sha256</c>: the next start makes a new one.
    /// </summary>
    public string? NewOperatorKey { get; private set; }

    /// <summary>Where the ledger of a data folder lies, for those who only read it.</summary>
    public static string LedgerFileIn(string path) => System.IO.Path.Combine(path, "ledger.db");

    /// <summary>Opens a folder for this process alone, and creates what is not there yet.</summary>
    /// <exception cref="DataFolderException">Another process holds the folder, or it cannot be made or read.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Create(full);
            var held = Lock(full);
            try
            {
                return new DataFolder(full, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder '{full}' cannot be used: {problem.Message}", problem);
        }
    }

    /// <summary>Whether a text is the operator's key; takes the same time whatever it is.</summary>
    public bool IsOperatorKey(string key) => CryptographicOperations.FixedTimeEquals(Digest(key), _operatorKeyDigest);

    public void Dispose() => _lock.Dispose();

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            // A folder that was there before keeps its permissions; the files inside are private by themselves.
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Lock(string path)
    {
        // The lock is the kernel's: it is gone when the process is, however it died. The process id lies beside it, because a file
        // that is held cannot be read by others; it only serves to say who holds the lock.
        var holder = System.IO.Path.Combine(path, "veltrix.pid");
        FileStream held;
        try
        {
            held = new FileStream(System.IO.Path.Combine(path, "veltrix.lock"), Private(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException problem) when (File.Exists(System.IO.Path.Combine(path, "veltrix.lock")))
        {
            var pid = File.Exists(holder) ? File.ReadAllText(holder).Trim() : "";
            var who = pid.Length == 0 ? "another process" : $"the process {pid}";
            throw new DataFolderException(
                $"The data folder '{path}' is in use by {who}: stop it, or give another folder with --data.", problem);
        }

        using var writer = new StreamWriter(new FileStream(holder, Private(FileMode.Create, FileShare.Read)));
        writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return held;
    }

    private static FileStreamOptions Private(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private byte[] ReadOrCreate(string name, Func<byte[]> make)
    {
        var path = System.IO.Path.Combine(Path, name);
        if (!File.Exists(path))
        {
            // Under another name first: a process that dies here leaves no half of a secret behind.
            var draft = path + ".new";
            using (var file = new FileStream(draft, Private(FileMode.Create, FileShare.None)))
            {
                file.Write(make());
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path);
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length == SecretBytes
            ? bytes
            : throw new DataFolderException(
                $"The file '{path}' holds {bytes.Length} bytes where 32 belong: restore it from a backup, or delete it to get a new one.");
    }
}
