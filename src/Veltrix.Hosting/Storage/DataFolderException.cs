namespace Veltrix.Hosting.Storage;

/// <summary>A data folder cannot be used. The message is one sentence for the person who gave the folder.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);
