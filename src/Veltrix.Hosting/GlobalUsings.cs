global using Veltrix.Contracts;
